import type { Finding } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import type { Source } from '../read.ts';
import { callsOf } from './calls.ts';
import { findingAt, type Program, type Setup } from './program.ts';
import type { Statement } from './statement.ts';
import { followAll } from './strings.ts';

const NOTHING = { caught: false, conditions: [], inFunction: null, inClass: null, inLoop: false };

/** A line of R with its comment and the inside of its strings blanked. */
function blank(line: string): string {
  let quote = '';
  let code = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== '') {
      if (char === '\\') {
        code += '  ';
        at += 1;
      } else if (char === quote) {
        code += char;
        quote = '';
      } else code += ' ';
    } else if (char === '#') return code.padEnd(line.length);
    else {
      if (char === '"' || char === "'") quote = char;
      code += char;
    }
  }
  // A string over several lines is not followed.
  return quote === '' ? code.slice(0, line.length) : ' '.repeat(line.length);
}

function lineStatements(source: Source): Statement[] {
  return source.cellSources.flatMap((cell, index) => {
    let inChunk = source.language !== 'rmarkdown';
    return cell.split(/\r\n|\r|\n/).flatMap((text, row): Statement[] => {
      if (source.language === 'rmarkdown' && /^\s*```/.test(text)) {
        inChunk = /^\s*```\s*\{\s*[rR]\b(?![^}]*eval\s*=\s*F)/.test(text);
        return [];
      }
      if (!inChunk || text.trim() === '') return [];
      const code = blank(text);
      const cellNumber = source.kind === 'script' ? null : index + 1;
      return [
        {
          line: row + 1,
          text,
          code,
          indent: 0,
          kind: 'python',
          cell: cellNumber,
          around: NOTHING,
          forgiven: false,
          calls: callsOf(code),
        },
      ];
    });
  });
}

/** Reads R and R Markdown for the rules that make sense on text: line by line, without names. */
export function readLines(setup: Setup): Program {
  const statements = lineStatements(setup.source);
  const names = new Map<string, string>();
  return {
    ...setup,
    statements,
    imports: [],
    imported: new Set(),
    texts: new Map(statements.map((one) => [one, followAll(one, names)])),
    names,
    defined: new Set(),
    isNamed: () => true,
  };
}

const FETCHES =
  /^(?:install\.packages|install_github|devtools::install_github|remotes::install_github|BiocManager::install|install|download\.file|pak::pkg_install|keras::install_keras|curl_download)$/;

/** Installations and downloads of R while the internet is off, and questions nobody answers. */
export function rFindings(program: Program): Finding[] {
  return program.statements.flatMap((statement) =>
    statement.calls.flatMap((call) => {
      const before = /[\w.]+:{2,3}$/.exec(statement.code.slice(0, call.from))?.[0] ?? '';
      const name = before + call.name;
      if (name === 'readline' || name === 'file.choose') {
        const sentence = `${inlineCode(`${name}()`)} waits for somebody to answer; nobody can while the run goes by itself.`;
        return findingAt(program, statement, call.from, { severity: 'warning', rule: 'asks-somebody', sentence });
      }
      const isLocal = /repos\s*=\s*NULL/.test(statement.code);
      if (program.internet || isLocal || name === 'install' || !FETCHES.test(name)) return [];
      const shown = inlineCode(cutEnd(statement.text.slice(call.from - before.length, call.to).trim(), 60));
      return findingAt(program, statement, call.from, {
        severity: 'warning',
        rule: 'needs-internet',
        sentence: `${shown} needs the internet; it is off.`,
        fix: { kind: 'internet', on: true },
      });
    }),
  );
}
