import { Argument, Command, Option } from 'commander';
import { SEVERITIES } from '#run/count-findings.js';
import {
  addDocumentOptions,
  addExitOptions,
  addFleetOptions,
  addOutputOptions,
  addPlainOutputOptions,
  addPolicyOptions,
  addRolloutOptions,
  ageOption,
  atLeastOne,
  atLeastZero,
  durationOption,
} from './options.js';
import { VERSION } from './version.js';

/**
 * The command line. Every command loads its own code when it is called, and hands its exit code to `done`; commander throws
 * for --help, --version and mistakes.
 */
export function buildProgram(done: (exitCode: number) => void): Command {
  const program = new Command('tsync')
    .description('Puts a fleet of Linux VMs on the right time, and proves it.')
    .version(VERSION)
    .helpCommand(false)
    .showHelpAfterError('(see tsync --help)')
    .exitOverride()
    .configureHelp({ sortOptions: true });

  const add = (signature: string, description: string): Command =>
    program.command(signature).description(description).exitOverride();
  const review = (command: Command): Command =>
    command
      .option('-y, --yes', 'apply without asking; without a terminal, tsync changes nothing unless this is given')
      .option('-C, --check', 'only show what would change');
  const packagesFlag = (command: Command): Command =>
    command.option('--packages', 'with --yes: also install and remove the packages that the plan names');
  const inventoryFlag = (command: Command, more = ''): Command =>
    command.option('-i, --inventory <file>', `reach the hosts with this inventory instead of the original one${more}`);

  const run = add('run <inventory>', 'probe, plan, review, apply, and prove that each clock follows its source');
  for (const extend of [
    addPolicyOptions,
    addFleetOptions,
    review,
    packagesFlag,
    addRolloutOptions,
    addOutputOptions,
    addExitOptions,
  ])
    extend(run);
  run
    .option('--no-preflight', 'do not check first that the new NTP servers answer the hosts')
    .action(async (inventory, options) => done(await (await import('./commands/run.js')).run(inventory, options)));

  const audit = add('audit <inventory>', 'show what every clock follows and what is wrong; only reads, needs no root');
  for (const extend of [addPolicyOptions, addFleetOptions, addOutputOptions, addExitOptions]) extend(audit);
  audit
    .addOption(
      new Option('--fail-on <severity>', 'exit 2 when a finding has this severity or a higher one')
        .choices([...SEVERITIES, 'unknown', 'never'])
        .default('low'),
    )
    .option('--no-store', 'do not save this audit in the store')
    .action(async (inventory, options) => done(await (await import('./commands/audit.js')).audit(inventory, options)));

  const plan = add('plan <inventory>', 'show what run would change; exit 2 when it would change something');
  for (const extend of [addPolicyOptions, addFleetOptions, addOutputOptions, addExitOptions]) extend(plan);
  plan
    .option('-o, --output <file>', 'write the plan to this file, for tsync apply')
    .option('--script <host>', 'print every program that would run on this host to change it')
    .option('--no-preflight', 'do not check that the new NTP servers answer the hosts')
    .action(async (inventory, options) => done(await (await import('./commands/plan.js')).plan(inventory, options)));

  const apply = add('apply <plan>', 'apply a plan that plan -o wrote; refuse each host that has changed since');
  for (const extend of [inventoryFlag, addFleetOptions, review, addRolloutOptions, addOutputOptions, addExitOptions])
    extend(apply);
  apply
    .option('--sha256 <hex>', 'the digest that `tsync plan` printed, for a plan that another account or machine made')
    .action(async (file, options) => done(await (await import('./commands/apply.js')).apply(file, options)));

  const rollback = add('rollback <run>', 'undo what a run changed');
  inventoryFlag(rollback, '; if the run is not in the store here, tsync asks these hosts what it changed');
  for (const extend of [addFleetOptions, review, packagesFlag, addRolloutOptions, addOutputOptions, addExitOptions])
    extend(rollback);
  rollback.action(async (name, options) =>
    done(await (await import('./commands/rollback.js')).rollback(name, options)),
  );

  const resume = add(
    'resume <run>',
    'continue an interrupted run: settle the hosts in flight, then change the approved hosts that it had not begun',
  );
  for (const extend of [inventoryFlag, addFleetOptions, addRolloutOptions, addOutputOptions, addExitOptions])
    extend(resume);
  resume
    .option('-y, --yes', 'do it without asking')
    .action(async (name, options) => done(await (await import('./commands/resume.js')).resume(name, options)));

  const guard = add(
    'guard <inventory>',
    'list the changes that are neither confirmed nor reverted, whoever made them, and settle them',
  );
  for (const extend of [addFleetOptions, addPlainOutputOptions, addExitOptions]) extend(guard);
  guard
    .option('-t, --transaction <id>', 'only this transaction, or all transactions of the run with this id')
    .addOption(new Option('--confirm', 'keep the changes').conflicts(['revert', 'extend']))
    .addOption(new Option('--revert', 'undo the changes now').conflicts(['confirm', 'extend']))
    .addOption(
      new Option('--extend <duration>', 'make the guard fire this long from now (90s, 10m)').argParser(durationOption),
    )
    .option('-y, --yes', 'do it without asking')
    .action(async (inventory, options) => done(await (await import('./commands/guard.js')).guard(inventory, options)));

  const clean = add(
    'clean [inventory]',
    'remove what finished transactions left on hosts, or with --store old runs from the store on this machine',
  );
  for (const extend of [addFleetOptions, addPlainOutputOptions, addExitOptions]) extend(clean);
  clean
    .option('--keep <n>', 'keep the n newest (default: 5 on a host, 50 in the store)', atLeastZero)
    .option('--older-than <age>', 'remove only what is older than this (90d, 12h)', ageOption)
    .option('--found', 'also remove transactions that hold what somebody else wrote and nobody has merged yet')
    .option('--store', 'clean the store on this machine instead of hosts')
    .option('-y, --yes', 'do it without asking')
    .action(async (inventory, options) => done(await (await import('./commands/clean.js')).clean(inventory, options)));

  const facts = add('facts <inventory>', 'show what tsync knows about each host');
  for (const extend of [addFleetOptions, addDocumentOptions, addExitOptions]) extend(facts);
  facts.action(async (inventory, options) =>
    done(await (await import('./commands/facts.js')).facts(inventory, options)),
  );

  const explain = add(
    'explain <inventory> <host>',
    'explain one host: evidence, rules and changes, compliance, and what people ask about its clock',
  );
  for (const extend of [addPolicyOptions, addFleetOptions]) extend(explain);
  explain.action(async (inventory, host, options) =>
    done(await (await import('./commands/explain.js')).explain(inventory, host, options)),
  );

  addDocumentOptions(add('history', 'list the runs in the store on this machine'))
    .option('-n, --number <n>', 'list the n newest runs', atLeastOne, 20)
    .action(async (options) => done(await (await import('./commands/history.js')).history(options)));

  const show = add('show <run>', 'show what a run saw and did (the first characters of its id are enough)');
  addOutputOptions(show).action(async (name, options) =>
    done(await (await import('./commands/show.js')).show(name, options)),
  );

  const inventory = add('inventory <inventory>', 'list the hosts of an inventory, with groups and addresses');
  addDocumentOptions(addPolicyOptions(inventory))
    .option('-l, --limit <pattern>', 'only these hosts')
    .action(async (file, options) => done(await (await import('./commands/inventory.js')).inventory(file, options)));

  const rules = add('rules', 'list the rules with their sources, and the compliance items that they cover');
  addDocumentOptions(rules).action(async (options) => done(await (await import('./commands/rules.js')).rules(options)));

  add('schema', 'print the JSON Schema of an inventory or a playbook, for editors')
    .addArgument(new Argument('<what>', 'the kind of file').choices(['inventory', 'playbook']))
    .action(async (what) => done(await (await import('./commands/schema.js')).schema(what)));

  add('schedule <inventory>', 'print a systemd service and timer, and a cron line, that audit regularly')
    .option('-p, --playbook <file>', 'the playbook to audit against')
    .option('--user <name>', 'the user that the audit runs as', 'tsync')
    .option('--calendar <expression>', 'when to audit, in the syntax of systemd.time(7)', 'hourly')
    .action(async (file, options) => done(await (await import('./commands/schedule.js')).schedule(file, options)));

  const demo = add(
    'demo',
    'run everything on a simulated fleet; needs no root and no network, and changes nothing on this machine',
  );
  for (const extend of [review, addOutputOptions]) extend(demo);
  demo
    .option('--fresh', 'start with a new fleet instead of the one that the last demo left')
    .option('--rollback', 'undo what the last demo changed')
    .option('-l, --limit <pattern>', 'only these hosts')
    .action(async (options) => done(await (await import('./commands/demo.js')).demo(options)));

  return program;
}
