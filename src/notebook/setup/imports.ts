import { acceleratorFacts } from '../../domain/accelerator.ts';
import { closest } from '../../domain/closest.ts';
import type { Finding, Fix } from '../../domain/finding.ts';
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
import { findingAt, type Program } from './program.ts';
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
const BRINGS_FILES = /^(?:cp|mv|ln|unzip|tar|7z|rsync|git|python[\d.]*|bash|sh|make|cmake|svn)$/;
const BRINGS_CALL =
  /(?:^|\.)(?:addsitedir|copytree|extractall|unpack_archive|utility_script_install|snapshot_download|clone_from|import_module|install_import_hook|remote_import)$/;

type Ways = {
  /** How sure it is that nothing else brings modules: nothing seen, files are moved about, a path or a wheel is added, a list is installed. */
  readonly doubt: 'none' | 'files' | 'path' | 'install';
  /** Names of modules this notebook writes. */
  readonly written: ReadonlySet<string>;
  /** What paths and commands name, plainly: `/kaggle/input/trl-wheels` may well bring `trl`. */
  readonly named: string;
};

const squeeze = (text: string): string => text.toLowerCase().replace(/[-_.]+/g, '');

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
  const installing = new Set(installs.map((one) => one.command));
  const named: string[] = commands.filter((one) => !installing.has(one)).map((one) => one.words.join(' '));
  // A utility script is imported by its own name.
  for (const one of program.inputs.filter((input) => input.kind === 'kernel')) named.push(one.ref);
  for (const one of installs.filter((install) => install.opaque)) named.push(one.command.words.join(' '));
  for (const statement of program.statements) {
    if (/\bsys\.path\b|\bPYTHONPATH\b|\bsite\.|\bsys\.modules\b|\bsys\.meta_path\b/.test(statement.text)) byPath = true;
    if (/\bos\.chdir\b|^\s*%(?:cd|run|load)\b|\bexec\s*\(/.test(statement.text)) byFiles = true;
    if (statement.calls.some((call) => BRINGS_CALL.test(call.name))) byFiles = true;
    for (const { value } of literalsOf(statement)) {
      // `open("model.py", "w")`
      const file = /^(?:[\w./-]*\/)?(\w+)\.py$/.exec(value)?.[1];
      if (file !== undefined) written.add(file);
      if (value.includes('/') && value.length < 300) named.push(value);
    }
  }
  const byInstall = installs.some((one) => one.opaque && (program.internet || !one.fetches));
  const doubt = byInstall ? 'install' : byPath ? 'path' : byFiles ? 'files' : 'none';
  return { doubt, written, named: squeeze(named.join('\n')) };
}

/** Where the doubt is about a module that no list has, it may be the person's own; of a known package it is less likely. */
function severityOf(known: 'surely' | 'likely' | 'not', doubt: Ways['doubt'], internet: boolean): Finding['severity'] {
  if (doubt === 'install') return 'hint';
  if (known === 'not') return doubt === 'none' ? 'warning' : 'hint';
  return known === 'surely' && doubt === 'none' && !internet ? 'blocker' : 'warning';
}

/** Import names that are in no list but came with earlier images; they may still come along with something. */
const UNCERTAIN = /^(?:colorama|imgaug|langdetect)$/;

/** Modules that a competition brings in its own data and that Kaggle puts on the path of those who attach it. */
const OF_COMPETITION =
  /^(?:kaggle_evaluation|jpx_tokyo_market_prediction|gresearch_crypto|riiideducation|janestreet|jo_wilder(?:_310)?|optiver\d{4}|enefit|ubiquant|american_express|public_timeseries_testing_util|llm_20_questions)$/;

const EVERYDAY: readonly string[] =
  'numpy pandas matplotlib seaborn sklearn scipy torch torchvision torchaudio tensorflow keras xgboost lightgbm catboost transformers datasets cv2 plotly nltk spacy gensim statsmodels albumentations timm fastai tqdm joblib pickle random collections itertools functools datetime warnings os sys json math time logging pathlib polars optuna requests shutil string typing zipfile urllib accelerate peft'.split(
    ' ',
  );

type Said = { readonly severity: Finding['severity']; readonly sentence: string; readonly fix?: Fix };

function judge(program: Program, name: string, ways: Ways, install: Install | undefined): Said | null {
  const { kind } = acceleratorFacts(program.accelerator);
  const shown = inlineCode(name);
  if (ways.written.has(name)) return null;
  if (GONE.has(name)) {
    const sentence = `${shown} is no longer part of Python: it went with version 3.12, which Kaggle runs.`;
    return { severity: ways.doubt === 'none' || ways.doubt === 'files' ? 'blocker' : 'warning', sentence };
  }
  if (GPU_ONLY.has(name) && kind === 'cpu') {
    const severity = ways.doubt === 'none' && install === undefined ? 'blocker' : 'warning';
    const fix = { kind: 'accelerator', to: 'NvidiaTeslaT4' } as const;
    return { severity, sentence: `${shown} is in Kaggle's GPU image only, and this run asks for no GPU.`, fix };
  }
  if (kind === 'tpu' ? isOnTpu(name) : IMPORTS.has(name)) return null;
  if (OF_COMPETITION.test(name)) return null;
  if (install !== undefined && (program.internet || !install.fetches)) return null;
  const plain = [squeeze(name), squeeze(packageOf(name))];
  if (ways.doubt !== 'none' && plain.some((one) => one.length > 2 && ways.named.includes(one))) return null;
  const meant = install === undefined && ways.doubt !== 'install' && name.length > 4 ? closest(name, EVERYDAY) : null;
  if (meant !== null && !LIKELY_ABSENT.has(name) && !SURELY_ABSENT.has(name))
    return {
      severity: 'warning',
      sentence: `There is no module ${shown} on Kaggle. Did you mean ${inlineCode(meant)}?`,
    };
  const known = SURELY_ABSENT.has(name) ? 'surely' : LIKELY_ABSENT.has(name) || TPU_ABSENT.has(name) ? 'likely' : 'not';
  const worst = severityOf(known, ways.doubt, program.internet || kind === 'tpu');
  const severity = UNCERTAIN.test(name) ? 'hint' : worst;
  if (kind === 'tpu')
    return { severity, sentence: `${shown} is not in Kaggle's TPU image, and nothing here installs it.` };
  if (ways.doubt !== 'none' && severity === 'hint') {
    return { severity, sentence: `${shown} is not in Kaggle's image; it has to come from what this notebook adds.` };
  }
  if (program.internet)
    return { severity, sentence: `${shown} is not in Kaggle's image, and nothing here installs it.` };
  // The line that would install it says already that the internet is off.
  if (install !== undefined && known !== 'surely') return null;
  if (known === 'not')
    return { severity, sentence: `${shown} is not known to be in Kaggle's image, and no attached input provides it.` };
  const sentence = `${shown} is not in Kaggle's image, and without the internet it cannot be installed.`;
  // Only where the notebook installs it, turning the internet on is a cure.
  return install === undefined ? { severity, sentence } : { severity, sentence, fix: { kind: 'internet', on: true } };
}

/** Of what no list names, a TPU session is taken to have what the usual image has. */
const isOnTpu = (name: string): boolean =>
  TPU_IMPORTS.has(name) || (IMPORTS.has(name) && !TPU_ABSENT.has(name)) || name === 'torch_xla';

/** Imports that find nothing on Kaggle: not in the image, and neither installed nor brought along. The worst place of each. */
export function unmetImports(program: Program, commands: readonly Command[], installs: readonly Install[]): Finding[] {
  const ways = waysIn(program, commands, installs);
  const installed = new Map(installs.flatMap((one) => one.packages.map((name) => [name, one] as const)));
  const found = new Map<string, Finding>();
  for (const { module, statement, offset } of program.imports) {
    if (module.startsWith('.')) {
      const sentence = `${inlineCode(module)} is below nothing here: a notebook or script of Kaggle is no package.`;
      const [here] = findingAt(program, statement, offset, { severity: 'blocker', rule: 'import-missing', sentence });
      if (here !== undefined && !found.has(module)) found.set(module, here);
      continue;
    }
    const name = module.split('.')[0] ?? '';
    if (name === '' || (found.has(name) && found.get(name)?.severity !== 'hint')) continue;
    const said = judge(program, name, ways, installed.get(packageOf(name)));
    if (said === null) continue;
    const [here] = findingAt(program, statement, offset, { ...said, rule: 'import-missing' });
    if (here !== undefined && (here.severity !== 'hint' || !found.has(name))) found.set(name, here);
  }
  return [...found.values()];
}
