import { acceleratorFacts } from '../../domain/accelerator.ts';
import type { Finding } from '../../domain/finding.ts';
import { inlineCode } from '../../domain/words.ts';
import { cellMagic } from '../python-lines.ts';
import type { Command } from './commands.ts';
import {
  GONE,
  GPU_ONLY,
  IMPORTS,
  LIKELY_ABSENT,
  plainPackage,
  SURELY_ABSENT,
  TPU_ABSENT,
  TPU_IMPORTS,
} from './facts.ts';
import type { Install } from './installs.ts';
import { findingAt, type Import, type Program } from './program.ts';
import { literalsOf } from './strings.ts';

/** Import names whose distribution is called otherwise, beside those the image's facts name. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  mmengine: 'mmengine',
  mmcls: 'mmcls',
  mmpretrain: 'mmpretrain',
  optimum: 'optimum',
  flash_attn: 'flash-attn',
  Bio: 'biopython',
  telegram: 'python-telegram-bot',
  sklearn_extra: 'scikit-learn-extra',
  pyannote: 'pyannote.audio',
  pyfftw: 'pyFFTW',
  serpapi: 'google-search-results',
  ffmpeg: 'ffmpeg-python',
  magic: 'python-magic',
};

const packageOf = (name: string): string =>
  plainPackage(SURELY_ABSENT.get(name) ?? LIKELY_ABSENT.get(name) ?? PACKAGE_OF[name] ?? name);

/** Commands that may put a module beside the notebook: copies, archives, repositories, other programs. */
const BRINGS_FILES =
  /^(?:cp|mv|ln|unzip|tar|7z|rsync|git|wget|curl|gdown|kaggle|python[\d.]*|bash|sh|make|cmake|apt|apt-get|conda|mamba|dpkg|aws|gsutil|svn|jupyter|hf|huggingface-cli)$/;
const BRINGS_CALL =
  /(?:^|\.)(?:addsitedir|copytree|copy2?|copyfile|move|extractall|unpack_archive|utility_script_install|snapshot_download|clone_from|write_text|import_module|install_import_hook|remote_import|invalidate_caches)$/;

type Ways = {
  /** Modules whose origin cannot be seen may exist. */
  readonly unseen: boolean;
  /** Even what is surely not in the image may exist, brought by a folder, a wheel or a script. */
  readonly brought: boolean;
  readonly written: ReadonlySet<string>;
};

/** How modules can come from elsewhere than the image. */
function waysIn(program: Program, commands: readonly Command[], installs: readonly Install[]): Ways {
  const written = new Set<string>();
  for (const cell of program.source.cellSources) {
    const magic = cellMagic(cell);
    if (magic !== null && /^(?:writefile|file)$/.test(magic.name)) {
      const path = magic.args.trim().split(/\s+/).at(-1) ?? '';
      for (const part of path.replace(/\.py$/, '').split('/')) written.add(part);
    }
  }
  let byPath = program.inputs.some((one) => one.kind === 'kernel');
  let byFiles = commands.some((one) => BRINGS_FILES.test(one.words[0] ?? '')) || written.size > 0;
  for (const statement of program.statements) {
    if (/\bsys\.path\b|\bPYTHONPATH\b|\bsite\.|\bsys\.modules\b|\bsys\.meta_path\b/.test(statement.text)) byPath = true;
    if (/\bos\.chdir\b|^\s*%(?:cd|run|load)\b|\bexec\s*\(/.test(statement.text)) byFiles = true;
    if (statement.calls.some((call) => BRINGS_CALL.test(call.name))) byFiles = true;
    // `open("model.py", "w")`
    for (const { value } of literalsOf(statement)) {
      const file = /^(?:[\w./-]*\/)?(\w+)\.py$/.exec(value)?.[1];
      if (file !== undefined) written.add(file);
    }
  }
  const brought = byPath || installs.some((one) => one.opaque && !one.fetches);
  return { unseen: brought || byFiles || installs.some((one) => one.opaque), brought, written };
}

function firstOfEach(program: Program): Import[] {
  const seen = new Set<string>();
  return program.imports.filter(({ module, statement }) => {
    const top = module.split('.')[0] ?? '';
    // One under `try` does not stand for a later one that is not.
    const key = statement.around.caught ? '' : top;
    if (top === '' || key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Imports that find nothing on Kaggle: not in the image, and neither installed nor brought along. */
export function unmetImports(program: Program, commands: readonly Command[], installs: readonly Install[]): Finding[] {
  const ways = waysIn(program, commands, installs);
  const kind = acceleratorFacts(program.accelerator).kind;
  const installed = new Map(installs.flatMap((one) => one.packages.map((name) => [name, one] as const)));
  return firstOfEach(program).flatMap((found) => {
    const name = found.module.split('.')[0] ?? '';
    const shown = inlineCode(name);
    const at = (severity: 'blocker' | 'warning', sentence: string, fix?: Finding['fix']): Finding[] =>
      findingAt(program, found.statement, found.offset, {
        severity,
        rule: 'import-missing',
        sentence,
        ...(fix === undefined ? {} : { fix }),
      });
    if (ways.written.has(name)) return [];
    if (GONE.has(name)) {
      return at(
        ways.brought ? 'warning' : 'blocker',
        `${shown} is no longer part of Python: it went with version 3.12, which Kaggle runs.`,
      );
    }
    const package_ = packageOf(name);
    const install = installed.get(package_);
    if (GPU_ONLY.has(name) && kind === 'cpu') {
      const fix = { kind: 'accelerator', to: 'NvidiaTeslaT4' } as const;
      return at(
        ways.brought || install !== undefined ? 'warning' : 'blocker',
        `${shown} is in Kaggle's GPU image only, and this run asks for no GPU.`,
        fix,
      );
    }
    if (kind === 'tpu') return onTpu(found, name, install, ways, program);
    if (IMPORTS.has(name)) return [];
    const sure = SURELY_ABSENT.has(name);
    if (install !== undefined && (program.internet || !install.fetches)) return [];
    if (program.internet) {
      if (ways.unseen) return [];
      return at('warning', `${shown} is not in Kaggle's image, and nothing here installs it.`);
    }
    if (!sure && (ways.unseen || install !== undefined)) return [];
    if (sure && ways.brought) return [];
    const known = sure || LIKELY_ABSENT.has(name) || install !== undefined;
    const sentence = known
      ? `${shown} is not in Kaggle's image, and without the internet it cannot be installed.`
      : `${shown} is not known to be in Kaggle's image, and no attached input provides it.`;
    // Only an install that the internet would let through makes turning it on a cure.
    const fix = install === undefined ? undefined : ({ kind: 'internet', on: true } as const);
    return at(sure ? 'blocker' : 'warning', sentence, fix);
  });
}

function onTpu(found: Import, name: string, install: Install | undefined, ways: Ways, program: Program): Finding[] {
  if (TPU_IMPORTS.has(name) || ways.unseen) return [];
  if (install !== undefined && (program.internet || !install.fetches)) return [];
  const listed = TPU_ABSENT.has(name) || SURELY_ABSENT.has(name) || LIKELY_ABSENT.has(name);
  if (!listed && IMPORTS.has(name)) return [];
  const sentence = `${inlineCode(name)} is not in Kaggle's TPU image, and nothing here installs it.`;
  return findingAt(program, found.statement, found.offset, { severity: 'warning', rule: 'import-missing', sentence });
}
