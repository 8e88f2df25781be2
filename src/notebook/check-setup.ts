import { type Finding, worstFirst } from '../domain/finding.ts';
import { asksSomebody } from './setup/asks.ts';
import { commandsOf } from './setup/commands.ts';
import { needsInternet } from './setup/downloads.ts';
import { earlyEnds, nearlyTooLarge, needsDesk } from './setup/ends.ts';
import { foreignPaths } from './setup/foreign-paths.ts';
import { goneApis } from './setup/gone.ts';
import { unmetImports } from './setup/imports.ts';
import { unmetHubCalls, unmetInputs, unusedInputs } from './setup/input-paths.ts';
import { type Install, installOf } from './setup/installs.ts';
import { wrongMachine } from './setup/machine.ts';
import { unknownMagics } from './setup/magic-names.ts';
import { readProgram, type Setup } from './setup/program.ts';
import { readLines, rFindings } from './setup/r-code.ts';
import { unbroughtFiles } from './setup/relative-files.ts';
import { kerasNames, savesElsewhere, unsaved } from './setup/saves.ts';
import { keptSecrets, pastedSecrets, printedEnvironment } from './setup/secrets.ts';

/** Of one kind as many as somebody would read; a notebook of 5,000 downloads is told by its first ones. */
const MOST_OF_A_RULE = 12;

function shorten(findings: readonly Finding[]): Finding[] {
  const told = new Map<string, number>();
  return worstFirst(findings).filter(({ rule }) => {
    const count = (told.get(rule) ?? 0) + 1;
    told.set(rule, count);
    return count <= MOST_OF_A_RULE;
  });
}

/**
 * What a source would meet on Kaggle with this accelerator, these inputs and the internet on or off: imports the image
 * lacks, what needs the network, what waits for a person, paths of other machines, inputs nobody attached, saves that are
 * lost, the wrong machine, pasted secrets. Pure and synchronous; about 10 ms for 60 cells.
 * @returns findings worst first; cells counted among code cells from 1, lines in the cell from 1, cell null in a script
 */
export function checkSetup(of: Setup): Finding[] {
  const general = [...pastedSecrets(of.source), ...nearlyTooLarge(of.source)];
  if (of.source.language !== 'python') {
    const program = readLines(of);
    const found = [
      ...rFindings(program),
      ...unmetInputs(program),
      ...unusedInputs(program),
      ...foreignPaths(program, []),
    ];
    return shorten([...found, ...savesElsewhere(program), ...general]);
  }
  const program = readProgram(of);
  const commands = commandsOf(program);
  const installs = commands.map(installOf).filter((one): one is Install => one !== null);
  return shorten([
    ...asksSomebody(program),
    ...unmetImports(program, commands, installs),
    ...goneApis(program, installs),
    ...needsInternet(program, commands, installs),
    ...unmetInputs(program),
    ...unknownMagics(program),
    ...unbroughtFiles(program, commands),
    ...unmetHubCalls(program),
    ...foreignPaths(program, commands),
    ...savesElsewhere(program),
    ...kerasNames(program),
    ...wrongMachine(program, commands),
    ...printedEnvironment(program, commands),
    ...keptSecrets(program),
    ...needsDesk(program),
    ...earlyEnds(program),
    ...unsaved(program, commands),
    ...unusedInputs(program),
    ...general,
  ]);
}
