import { Argument, Command, Option } from 'commander';
import { SEVERITIES } from '#run/count-findings.js';
import {
  addExitOptions,
  addFleetOptions,
  addOutputOptions,
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
      .option('-y, --yes', 'apply without asking; without a terminal nothing is applied unless this is given')
      .option('-C, --check', 'show what would be done and change nothing');
  const packagesFlag = (command: Command): Command =>
    command.option('--packages', 'with --yes: install and remove packages too, where the plan says so');
  const inventoryFlag = (command: Command, more = ''): Command =>
    command.option(
      '-i, --inventory <file>',
      `the inventory to reach the hosts with, instead of the one that was used then${more}`,
    );

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
    .option('--no-preflight', 'do not let hosts try their new servers beforehand')
    .action(async (inventory, options) => done(await (await import('./commands/run.js')).run(inventory, options)));

  const audit = add('audit <inventory>', 'say what every clock follows and what is wrong; only reads, needs no root');
  for (const extend of [addPolicyOptions, addFleetOptions, addOutputOptions, addExitOptions]) extend(audit);
  audit
    .addOption(
      new Option('--fail-on <severity>', 'exit 2 from this severity on')
        .choices([...SEVERITIES, 'unknown', 'never'])
        .default('low'),
    )
    .option('--no-store', 'keep nothing of this audit')
    .action(async (inventory, options) => done(await (await import('./commands/audit.js')).audit(inventory, options)));

  const plan = add('plan <inventory>', 'show what run would change; exit 2 when there is something');
  for (const extend of [addPolicyOptions, addFleetOptions, addOutputOptions, addExitOptions]) extend(plan);
  plan
    .option('-o, --output <file>', 'write the plan there, for tsync apply')
    .option('--script <host>', 'print all programs that would run on this host to change it')
    .option('--no-preflight', 'do not let hosts try their new servers')
    .action(async (inventory, options) => done(await (await import('./commands/plan.js')).plan(inventory, options)));

  const apply = add(
    'apply <plan>',
    'apply a plan that was written with plan -o; what is stale is refused, host by host',
  );
  for (const extend of [inventoryFlag, addFleetOptions, review, addRolloutOptions, addOutputOptions, addExitOptions])
    extend(apply);
  apply
    .option('--sha256 <hex>', 'what `tsync plan` printed when another account or machine made this plan')
    .action(async (file, options) => done(await (await import('./commands/apply.js')).apply(file, options)));

  const rollback = add('rollback <run>', 'take back what a run changed');
  inventoryFlag(rollback, '; where the run is not kept here, these hosts are asked what it changed');
  for (const extend of [addFleetOptions, review, packagesFlag, addRolloutOptions, addOutputOptions, addExitOptions])
    extend(rollback);
  rollback.action(async (name, options) =>
    done(await (await import('./commands/rollback.js')).rollback(name, options)),
  );

  const resume = add(
    'resume <run>',
    'go on with a run that was cut off: settle the hosts in flight, then change those that were approved and not begun',
  );
  for (const extend of [inventoryFlag, addFleetOptions, addRolloutOptions, addOutputOptions, addExitOptions])
    extend(resume);
  resume
    .option('-y, --yes', 'do it without asking')
    .action(async (name, options) => done(await (await import('./commands/resume.js')).resume(name, options)));

  const guard = add(
    'guard <inventory>',
    'list the changes in a fleet that are neither confirmed nor reverted, by whomever, and settle them',
  );
  for (const extend of [addFleetOptions, addOutputOptions, addExitOptions]) extend(guard);
  guard
    .option('-t, --transaction <id>', 'only this transaction, or all that this run left')
    .addOption(new Option('--confirm', 'keep what was changed').conflicts(['revert', 'extend']))
    .addOption(new Option('--revert', 'take back what was changed').conflicts(['confirm', 'extend']))
    .addOption(
      new Option('--extend <duration>', 'let the guard wait so long from now (90s, 10m)').argParser(durationOption),
    )
    .option('-y, --yes', 'do it without asking')
    .action(async (inventory, options) => done(await (await import('./commands/guard.js')).guard(inventory, options)));

  const clean = add(
    'clean [inventory]',
    'take away what finished transactions left on hosts, or with --store old runs that are kept here',
  );
  for (const extend of [addFleetOptions, addOutputOptions, addExitOptions]) extend(clean);
  clean
    .option('--keep <n>', 'the newest so many stay (default 5 on a host, 50 in the store)', atLeastZero)
    .option('--older-than <age>', 'only what is older: 90d, 12h', ageOption)
    .option('--found', 'also those that hold what somebody else wrote, which nobody has merged yet')
    .option('--store', 'the runs that are kept on this machine, instead of hosts')
    .option('-y, --yes', 'do it without asking')
    .action(async (inventory, options) => done(await (await import('./commands/clean.js')).clean(inventory, options)));

  const facts = add('facts <inventory>', 'what tsync knows of each host');
  for (const extend of [addFleetOptions, addExitOptions]) extend(facts);
  facts
    .option('--json', 'print one JSON document')
    .action(async (inventory, options) => done(await (await import('./commands/facts.js')).facts(inventory, options)));

  const explain = add(
    'explain <inventory> <host>',
    'why, for one host: evidence, rule, change; compliance; and what people ask about its clock',
  );
  for (const extend of [addPolicyOptions, addFleetOptions]) extend(explain);
  explain.action(async (inventory, host, options) =>
    done(await (await import('./commands/explain.js')).explain(inventory, host, options)),
  );

  add('history', 'list the runs that are kept here')
    .option('--json', 'print one JSON document')
    .option('-n, --number <n>', 'at most so many', atLeastOne, 20)
    .action(async (options) => done(await (await import('./commands/history.js')).history(options)));

  add('show <run>', 'what a run saw and did (the beginning of its name suffices)')
    .option('--json', 'print one JSON document')
    .option('--jsonl', 'print its events')
    .action(async (name, options) => done(await (await import('./commands/show.js')).show(name, options)));

  const inventory = add('inventory <inventory>', 'list the hosts that an inventory means, with groups and addresses');
  addPolicyOptions(inventory)
    .option('-l, --limit <pattern>', 'only these hosts')
    .option('--json', 'print one JSON document')
    .action(async (file, options) => done(await (await import('./commands/inventory.js')).inventory(file, options)));

  add('rules', 'list the rules with their sources, and the items of compliance they show')
    .option('--json', 'print one JSON document')
    .action(async (options) => done(await (await import('./commands/rules.js')).rules(options)));

  add('schema', 'print the JSON Schema of an inventory or a playbook, for editors')
    .addArgument(new Argument('<what>', 'the kind of file').choices(['inventory', 'playbook']))
    .action(async (what) => done(await (await import('./commands/schema.js')).schema(what)));

  add('schedule <inventory>', 'print a systemd service and timer, and a cron line, that audit regularly')
    .option('-p, --playbook <file>', 'the playbook to audit against')
    .option('--user <name>', 'the user that the audit runs as', 'tsync')
    .option('--calendar <expression>', 'when, as systemd.time(7) writes it', 'hourly')
    .action(async (file, options) => done(await (await import('./commands/schedule.js')).schedule(file, options)));

  const demo = add(
    'demo',
    'run everything on a simulated fleet: no root, no network, nothing of this machine is touched',
  );
  for (const extend of [review, addOutputOptions]) extend(demo);
  demo
    .option('--fresh', 'begin with a new fleet instead of the one that the last demo left')
    .option('--rollback', 'take back what the last demo changed')
    .option('-l, --limit <pattern>', 'only these hosts')
    .action(async (options) => done(await (await import('./commands/demo.js')).demo(options)));

  return program;
}
