import { buildProgram } from '#cli/program.js';
import { catalog } from '#errors/catalog.js';

/** docs/reference/commands.md as it must be for the command line as it is. */
export function commandsPage(): string {
  const { commands } = buildProgram(() => {});
  const sections = commands.map((command) => {
    command.configureHelp({ helpWidth: 110 });
    return `## tsync ${command.name()}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\`\n`;
  });
  return `# Commands

Made from the help of each command by \`test/docs/pages.test.ts\`, which fails when this page is not as the command line is.

${sections.join('\n')}`;
}

/** docs/reference/errors.md as it must be for the catalog as it is. */
export function errorsPage(): string {
  const rows = Object.entries(catalog).map(
    ([code, { summary, hint }]) => `| \`${code}\` | ${cell(summary)} | ${cell(hint)} |`,
  );
  return `# Errors

Made from \`src/errors/catalog.ts\` by \`test/docs/pages.test.ts\`, which fails when this page is not as the catalog is. Codes stay; words may change.
Every error has a code, its fixed summary, a detail with the names and values of the case, and a hint.

| code | what it means | what to do |
| --- | --- | --- |
${rows.join('\n')}
`;
}

const cell = (text: string) => text.replace(/[|<>]/g, (sign) => `\\${sign}`);
