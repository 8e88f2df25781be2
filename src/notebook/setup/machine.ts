import { acceleratorFacts } from '../../domain/accelerator.ts';
import type { Finding, Fix } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import { argument, type Call } from './calls.ts';
import type { Command } from './commands.ts';
import { findingAt, type Program, textOf, wordOf } from './program.ts';
import { trainings } from './saves.ts';
import { placeOf, type Statement } from './statement.ts';

const TO_GPU: Fix = { kind: 'accelerator', to: 'NvidiaTeslaT4' };
const TO_CPU: Fix = { kind: 'accelerator', to: 'none' };

/** Libraries that never touch a GPU; a notebook with only these cannot use one. */
const CPU_ONLY: ReadonlySet<string> = new Set(
  'numpy pandas sklearn scipy matplotlib seaborn plotly statsmodels polars pyarrow nltk wordcloud missingno optuna tqdm IPython PIL imblearn category_encoders joblib shap yellowbrick mlxtend networkx bokeh altair folium geopandas squarify prophet patsy pylab mpl_toolkits ipywidgets kagglehub lightgbm xgboost catboost feature_engine scikitplot pandas_profiling ydata_profiling umap hdbscan eli5 lime textblob bs4 requests re os yaml skimage imageio holidays pmdarima sklearn_pandas statistics duckdb openpyxl tabulate termcolor colorama phik dataprep sweetviz klib fuzzywuzzy emoji unidecode hyperopt skopt boruta'.split(
    ' ',
  ),
);
const WORKS_WITH_DATA = ['numpy', 'pandas', 'polars', 'sklearn'];
const STARTS_OTHERS =
  /^(?:python[\d.]*|\{sys\.executable\}|accelerate|torchrun|bash|sh|deepspeed|yolo|git|make|jupyter)$/;

type Sign = { readonly statement: Statement; readonly offset: number; readonly shown: string };

const under = (statement: Statement, pattern: RegExp): boolean =>
  statement.around.conditions.some((one) => pattern.test(one));
const ASKS_FIRST = /is_available|device_count|list_physical_devices|cuda|gpu|device/i;

/** What a call says about the GPU it needs: `.cuda()`, `device="cuda"`, `tree_method="gpu_hist"`, `task_type="GPU"`. */
function gpuCall(program: Program, statement: Statement, call: Call): string | null {
  const name = call.name.split('.').at(-1) ?? '';
  if (name === 'cuda' && call.name !== 'cuda') return `.cuda()`;
  const said = (position: number | null, ...names: string[]): string =>
    textOf(program, statement, argument(call, position, ...names)) ?? '';
  if (/^(?:to|device)$/.test(name) && /^cuda(?::\d)?$/.test(said(0, 'device')))
    return `${name}("${said(0, 'device')}")`;
  for (const key of ['device', 'map_location', 'device_type']) {
    if (/^(?:cuda(?::\d)?|gpu)$/i.test(said(null, key)) && key === 'device') return `device="${said(null, key)}"`;
  }
  if (/^gpu_(?:hist|exact)$/.test(said(null, 'tree_method'))) return `tree_method="${said(null, 'tree_method')}"`;
  if (said(null, 'task_type') === 'GPU') return 'task_type="GPU"';
  if (/^torch\.cuda\.(?:get_device_name|get_device_properties|set_device|current_device|mem_get_info)$/.test(call.name))
    return `${call.name}()`;
  if (/TrainingArguments$/.test(call.name) && wordOf(program, statement, argument(call, null, 'fp16')) === 'True')
    return 'fp16=True';
  if (wordOf(program, statement, argument(call, null, 'load_in_4bit', 'load_in_8bit')) === 'True')
    return 'load_in_4bit=True';
  return null;
}

/** Places in dictionaries of parameters: `"tree_method": "gpu_hist"`, and a device bound without asking. */
const IN_TEXT =
  /["'](?:tree_method["']\s*:\s*["']gpu_hist|task_type["']\s*:\s*["']GPU|device(?:_type)?["']\s*:\s*["'](?:cuda|gpu))["']|\b(?:device|DEVICE)\s*=\s*["']cuda(?::\d)?["']/;

function gpuSigns(program: Program, commands: readonly Command[]): Sign[] {
  const signs: Sign[] = commands
    .filter((one) => one.words[0] === 'nvidia-smi')
    .map(({ statement, offset }) => ({ statement, offset, shown: 'nvidia-smi' }));
  for (const statement of program.statements) {
    if (statement.kind === 'magic' && /^\s*%(?:load_ext\s+(?:cudf|cuml)|%cudf)/.test(statement.text)) {
      signs.push({ statement, offset: 0, shown: statement.text.trim() });
    }
    if (statement.kind !== 'python') continue;
    for (const call of statement.calls) {
      const shown = gpuCall(program, statement, call);
      if (shown !== null) signs.push({ statement, offset: call.from, shown });
    }
    const match = IN_TEXT.exec(statement.text);
    if (match !== null) signs.push({ statement, offset: match.index, shown: match[0] });
  }
  // One that asks whether there is a GPU, in its line or above it, has another way.
  const firm = signs.filter(
    ({ statement }) => !/\bif\b.*\belse\b|is_available/s.test(statement.code) && !under(statement, ASKS_FIRST),
  );
  return firm.sort((a, b) => (a.statement.cell ?? 0) - (b.statement.cell ?? 0) || a.statement.line - b.statement.line);
}

const source = (program: Program): string => program.statements.map((one) => one.text).join('\n');

function onCpu(program: Program, commands: readonly Command[]): Finding[] {
  const signs = gpuSigns(program, commands);
  const found = signs.flatMap(({ statement, offset, shown }) =>
    findingAt(program, statement, offset, {
      severity: shown === 'nvidia-smi' ? 'hint' : 'warning',
      rule: 'gpu-needed',
      sentence: `${inlineCode(cutEnd(shown, 50))} needs a GPU, and this run asks for none.`,
      fix: TO_GPU,
    }),
  );
  const firm = found.filter((one) => one.severity === 'warning');
  // The first place is where it stops; a few more show that one change will not do. One of them carries the fix.
  return (firm.length > 0 ? firm.slice(0, 3) : found.slice(0, 1)).map(({ fix, ...one }, index) =>
    index === 0 && fix !== undefined ? { ...one, fix } : one,
  );
}

/** Whether nothing in the notebook can use a GPU, by all that it imports and says. */
function cannotUseGpu(program: Program, commands: readonly Command[]): boolean {
  if (!WORKS_WITH_DATA.some((one) => program.imported.has(one))) return false;
  if (commands.some((one) => STARTS_OTHERS.test(one.words[0] ?? ''))) return false;
  const text = source(program);
  if (/cuda|gpu|tpu\b|\bexec\s*\(|^\s*%run\b|__import__|import_module/im.test(text)) return false;
  const foreign = program.imports.filter(
    ({ module }) => !CPU_ONLY.has(module.split('.')[0] ?? '') && !isStandard(module),
  );
  return foreign.length === 0;
}

const STANDARD: ReadonlySet<string> = new Set(
  'os sys re time datetime random math json csv glob gc pathlib collections itertools functools warnings typing pickle string copy logging io shutil zipfile operator statistics dataclasses abc enum types subprocess contextlib multiprocessing concurrent threading platform traceback inspect hashlib base64 urllib ast decimal fractions heapq bisect calendar textwrap pprint uuid tempfile argparse unicodedata locale html __future__ builtins timeit importlib sqlite3 getpass struct queue codecs difflib psutil dateutil pytz'.split(
    ' ',
  ),
);
const isStandard = (module: string): boolean => STANDARD.has(module.split('.')[0] ?? '');

function onGpu(program: Program, commands: readonly Command[]): Finding[] {
  const found: Finding[] = [];
  const label = acceleratorFacts(program.accelerator).label;
  if (cannotUseGpu(program, commands)) {
    // A look at the data costs minutes; a training costs the hours of the week. The usual machine is nobody's mistake.
    const severity = program.chosen === true && trainings(program).length > 0 ? 'warning' : 'hint';
    found.push({
      severity,
      rule: 'gpu-unused',
      sentence: `${label} is asked for, but nothing here uses a GPU.`,
      at: null,
      fix: TO_CPU,
    });
  }
  found.push(...otherMachine(program, label));
  if (program.accelerator === 'NvidiaTeslaT4') found.push(...onT4(program));
  return found;
}

const TPU_CALL = /(?:^|\.)(?:TPUClusterResolver|TPUStrategy|initialize_tpu_system|xla_device)$/;

/** TPU code on a GPU or CPU run; under `try` it has another way, as most of it has. */
function otherMachine(program: Program, label: string): Finding[] {
  const found = program.statements.flatMap((statement) =>
    statement.calls
      .filter((call) => TPU_CALL.test(call.name))
      .flatMap((call) =>
        findingAt(program, statement, call.from, {
          severity: under(statement, /tpu|device/i) ? 'hint' : 'warning',
          rule: 'tpu-needed',
          sentence: `${inlineCode(`${call.name.replace(/^\./, '')}()`)} looks for a TPU, and this run asks for ${label}.`,
          fix: { kind: 'accelerator', to: 'TpuV5E8' },
        }),
      ),
  );
  return found.slice(0, 1);
}

function onTpu(program: Program, commands: readonly Command[]): Finding[] {
  const text = source(program);
  const signs = gpuSigns(program, commands);
  const [cuda] = signs.flatMap(({ statement, offset, shown }) =>
    findingAt(program, statement, offset, {
      severity: 'warning',
      rule: 'gpu-needed',
      sentence: `${inlineCode(cutEnd(shown, 50))} needs a GPU, and this run asks for ${acceleratorFacts(program.accelerator).label}.`,
      fix: TO_GPU,
    }),
  );
  if (cuda !== undefined) return [cuda];
  const uses =
    /\btpu\b|TPU|torch_xla|\bxla\b|PJRT/.test(text) ||
    ['jax', 'flax', 'torch_xla', 'keras', 'tensorflow', 'tunix'].some((one) => program.imported.has(one));
  if (!uses && WORKS_WITH_DATA.concat('torch').some((one) => program.imported.has(one))) {
    return [
      {
        severity: 'warning',
        rule: 'tpu-unused',
        sentence: 'A TPU is asked for, but nothing here uses one.',
        at: null,
        fix: TO_GPU,
      },
    ];
  }
  // The TPU image has TensorFlow's CPU build (docker-python), so its own strategy finds no TPU there.
  return program.statements
    .flatMap((statement) =>
      statement.calls
        .filter((call) => /(?:^|\.)(?:TPUClusterResolver|TPUStrategy)$/.test(call.name))
        .flatMap((call) =>
          findingAt(program, statement, call.from, {
            severity: 'warning',
            rule: 'tpu-tensorflow',
            sentence: `${inlineCode(call.name.replace(/^\./, ''))} finds no TPU: TensorFlow in Kaggle's TPU image is built for the CPU. JAX, Keras on JAX and torch_xla find it.`,
          }),
        ),
    )
    .slice(0, 1);
}

/** T4 (capability 7.5): bf16 is emulated and slow, FlashAttention 2 does not run (kaggle-environment 6). */
function onT4(program: Program): Finding[] {
  const bf16: Finding[] = [];
  const flash: Finding[] = [];
  for (const statement of program.statements) {
    if (
      statement.kind !== 'python' ||
      under(statement, /bf16|bfloat16|capability/i) ||
      /is_bf16_supported/.test(statement.code)
    )
      continue;
    for (const call of statement.calls) {
      if (
        wordOf(program, statement, argument(call, null, 'bf16')) === 'True' &&
        call.args.some((one) => one.name === 'bf16')
      ) {
        bf16.push(...slow(program, statement, argument(call, null, 'bf16')?.from ?? call.from, 'bf16=True', 'warning'));
      }
      if (textOf(program, statement, argument(call, null, 'attn_implementation')) === 'flash_attention_2') {
        flash.push(
          ...findingAt(program, statement, argument(call, null, 'attn_implementation')?.from ?? call.from, {
            severity: 'warning',
            rule: 't4-flash',
            sentence: `${inlineCode('flash_attention_2')} does not run on a T4; ${inlineCode('sdpa')} does.`,
          }),
        );
      }
    }
    const at = statement.code.search(/\b(?:torch|jnp|tf)\.bfloat16\b/);
    if (at !== -1 && bf16.length === 0) bf16.push(...slow(program, statement, at, 'bfloat16', 'hint'));
  }
  const worst = bf16.find((one) => one.severity === 'warning') ?? bf16[0];
  return [...(worst === undefined ? [] : [worst]), ...flash.slice(0, 1), ...oneOfTwo(program)];
}

const slow = (
  program: Program,
  statement: Statement,
  offset: number,
  shown: string,
  severity: 'warning' | 'hint',
): Finding[] =>
  findingAt(program, statement, offset, {
    severity,
    rule: 't4-bf16',
    sentence: `${inlineCode(shown)} is only emulated on a T4, and slow; ${inlineCode('fp16')} is what it is built for.`,
  });

/** Two T4 come together; a plain PyTorch loop uses the first. */
function oneOfTwo(program: Program): Finding[] {
  const loop = program.statements.find((one) => one.calls.some((call) => /\.backward$/.test(call.name)));
  if (
    loop === undefined ||
    /DataParallel|accelerate|Accelerator|notebook_launcher|device_map|distributed|device_count|cuda:1|mp\.spawn/.test(
      source(program),
    )
  )
    return [];
  const sentence = `One of the two T4 stays idle: nothing spreads the training, like ${inlineCode('DataParallel')}.`;
  return [{ severity: 'hint', rule: 'one-gpu-of-two', sentence, at: { ...placeOf(loop) } }];
}

/** Whether the machine that is asked for and the one the code wants are the same. */
export function wrongMachine(program: Program, commands: readonly Command[]): Finding[] {
  const { kind, label } = acceleratorFacts(program.accelerator);
  if (kind === 'cpu') return [...onCpu(program, commands), ...otherMachine(program, label)];
  return kind === 'gpu' ? onGpu(program, commands) : onTpu(program, commands);
}
