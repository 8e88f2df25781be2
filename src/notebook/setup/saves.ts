import type { Finding } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import { argument, type Call } from './calls.ts';
import type { Command } from './commands.ts';
import { SAVE_CALLS } from './facts.ts';
import { findingAt, type Program, textOf, wordOf } from './program.ts';
import type { Statement } from './statement.ts';
import { UNKNOWN } from './strings.ts';

/** Calls that write to a path: which argument has it, and whether it is a result people want to keep. */
const WRITES: readonly (readonly [name: RegExp, position: number | null, names: readonly string[], keeps: boolean])[] =
  [
    [/\.to_(?:csv|parquet|feather|excel|pickle|json|hdf)$/, 0, ['path_or_buf', 'path', 'excel_writer'], true],
    [/\.(?:write|sink)_(?:csv|parquet|ndjson|json|ipc|excel|avro)$/, 0, ['file', 'path'], true],
    [/^(?:write\.csv|write_csv|saveRDS|fwrite)$/, 1, ['file', 'path'], true],
    [/^(?:torch|jit|torch\.jit|xm|dcp)\.save$|^save_file$/, 1, ['f', 'filename'], true],
    [/^(?:joblib\.)?dump$|^skops\.io\.dump$/, 1, ['filename'], true],
    [/^(?:np|numpy)\.(?:save|savez|savez_compressed|savetxt)$/, 0, ['file', 'fname'], true],
    [
      /\.(?:save|save_weights|save_pretrained|save_model|export|save_checkpoint|save_to_disk)$/,
      0,
      ['filepath', 'save_directory', 'fname', 'output_dir'],
      true,
    ],
    [/(?:^|\.)(?:ModelCheckpoint)$/, 0, ['filepath', 'dirpath'], true],
    [/(?:^|\.)\w*TrainingArguments$/, 0, ['output_dir'], true],
    [/(?:^|\.)savefig$|^cv2\.imwrite$|^imwrite$/, 0, ['fname', 'filename'], false],
    [/(?:^|\.)(?:makedirs|mkdir)$/, 0, ['name', 'path'], false],
    [/^shutil\.(?:copy\w*|move)$/, 1, ['dst'], false],
  ];

type Write = {
  readonly statement: Statement;
  readonly call: Call;
  readonly path: string | null;
  readonly keeps: boolean;
};

/** `.to_csv` of `df.to_csv(`: a name in WRITES that begins with a dot fits any object. */
function writesIn(program: Program): Write[] {
  return program.statements.flatMap((statement) =>
    statement.calls.flatMap((call): Write[] => {
      if (call.name === 'open' || call.name === 'io.open') {
        const mode = textOf(program, statement, argument(call, 1, 'mode'));
        const path = textOf(program, statement, argument(call, 0, 'file'));
        const keeps = /\.(?:csv|tsv|parquet|json|pkl|pickle)$/.test(path ?? '');
        return mode !== null && /[wax+]/.test(mode) ? [{ statement, call, path, keeps }] : [];
      }
      const rule = WRITES.find(([name]) => name.test(call.name));
      if (rule === undefined) return [];
      return [
        { statement, call, path: textOf(program, statement, argument(call, rule[1], ...rule[2])), keeps: rule[3] },
      ];
    }),
  );
}

const isInput = (path: string): boolean => /^(?:\/kaggle\/input|(?:\.\/)?\.\.\/input)(?:\/|$)/.test(path);

/** Writes below /kaggle/input, which is mounted read-only (kagglehub and docker-python say so), and saves that are lost. */
export function savesElsewhere(program: Program): Finding[] {
  const writes = writesIn(program);
  const below = writes.filter(({ path }) => path !== null && isInput(path));
  const found = below.flatMap(({ statement, call, path }) => {
    const exists =
      /(?:makedirs|mkdir)$/.test(call.name) && wordOf(program, statement, argument(call, null, 'exist_ok')) === 'True';
    // `../input` may be a folder of the person's own, as long as the code also changes its directory.
    const sure = path?.startsWith('/kaggle/input') === true && !exists && call.name !== '.save' && call.name !== 'dump';
    return findingAt(program, statement, call.from, {
      severity: sure ? 'blocker' : 'warning',
      rule: 'save-into-input',
      sentence: `${inlineCode(cutEnd((path ?? '').replaceAll(UNKNOWN, '…'), 60))} cannot be written: Kaggle mounts the inputs read-only. Write to ${inlineCode('/kaggle/working')}.`,
    });
  });
  const kept = writes.filter((one) => one.keeps);
  const lost = kept.filter(
    ({ path }) => path !== null && /^\/(?:tmp|kaggle\/temp|var|root|dev\/shm)(?:\/|$)/.test(path),
  );
  const last = lost.at(-1);
  if (last === undefined || lost.length < kept.length || bringsBack(program)) return found;
  const elsewhere = findingAt(program, last.statement, last.call.from, {
    severity: 'warning',
    rule: 'save-lost',
    sentence: `The only save goes to ${inlineCode(cutEnd((last.path ?? '').replaceAll(UNKNOWN, '…'), 60))}, which is gone when the run ends.`,
  });
  return [...found, ...elsewhere];
}

/** Something is copied or uploaded afterwards. */
const bringsBack = (program: Program): boolean =>
  program.statements.some((one) =>
    /\bshutil\.|\bmake_archive\b|^\s*!\s*(?:cp|mv|zip|tar|rsync)\b|push_to_hub|upload|\/kaggle\/working/.test(one.text),
  );

const TRAINS =
  /^(?:(?:.*\.)?(?:fit|fit_generator|fit_transform_model|fit_one_cycle|fine_tune|partial_fit|backward|train_on_batch|train_step|learn)|.*[tT]rainer\w*\.(?:train|fit)|(?:lgb|xgb|lightgbm|xgboost|catboost|cb)\.(?:train|cv))$/;
/** What is fitted but is no model: scalers, encoders, reducers. */
const PREPARES =
  /(?:scaler|encoder|imputer|transformer|vectori[sz]er|tokeni[sz]er|\bpca\b|\ble\b|\bohe\b|\bss\b|\bmms\b|tfidf|\btsne\b|umap|kmeans|binari[sz]er|poly|selector|label)\w*\.(?:partial_)?fit$/i;

/** The statements that train something. */
export const trainings = (program: Program): Statement[] =>
  program.statements.filter((statement) =>
    statement.calls.some((call) => TRAINS.test(call.name) && !PREPARES.test(call.name)),
  );

/** Hints for a notebook that trains but keeps nothing (kaggle-environment 9). */
export function unsaved(program: Program, commands: readonly Command[]): Finding[] {
  const last = trainings(program).at(-1);
  if (last === undefined) return [];
  // A script that is started, or code that is not here, may save.
  if (
    commands.some((one) =>
      /^(?:python[\d.]*|accelerate|torchrun|bash|sh|deepspeed|yolo|\{sys\.executable\})$/.test(one.words[0] ?? ''),
    )
  )
    return [];
  if (program.statements.some(({ text }) => /^\s*%run\b|\bexec\s*\(|\bsys\.path\b/.test(text))) return [];
  const at = { cell: last.cell, line: null };
  const has = (kind: 'model' | 'table'): boolean =>
    program.statements.some(
      ({ text, kind: of }) =>
        (of === 'python' || of === 'shell') &&
        SAVE_CALLS.some(
          (call) =>
            call.kind === kind &&
            (call.imports === null || call.imports.some((one) => program.imported.has(one))) &&
            call.match.test(text),
        ),
    );
  const texts = program.statements.map((one) => one.text);
  const writesTable = texts.some(
    (text) =>
      /\.(?:csv|parquet|tsv)\b/.test(text) && /\bopen\s*\(|savetxt|\b(?:cp|mv|zip)\b|copy|move|rename|write/.test(text),
  );
  const found: Finding[] = [];
  if (!has('model')) {
    found.push({
      severity: 'hint',
      rule: 'no-model-saved',
      sentence: `No model is saved: no ${inlineCode('save')} or similar was found.`,
      at,
    });
  }
  if (!has('table') && !writesTable) {
    found.push({
      severity: 'hint',
      rule: 'no-table-saved',
      sentence: `No table is saved: no ${inlineCode('to_csv')} or similar was found.`,
      at,
    });
  }
  return found;
}

/** Names of files that Keras 3 (3.13 in the image) refuses with a ValueError, as its documentation says. */
export function kerasNames(program: Program): Finding[] {
  const isKeras = program.imported.has('keras') || program.imported.has('tensorflow');
  const isOther = ['tf_keras', 'torch', 'pytorch_lightning', 'lightning', 'fastai', 'gensim'].some((one) =>
    program.imported.has(one),
  );
  const cells = program.source.cellSources;
  if (
    !isKeras ||
    isOther ||
    cells.some((cell) => /TF_USE_LEGACY_KERAS|pip install[^\n]*(?:tensorflow|keras)\s*[=<]/.test(cell))
  )
    return [];
  return program.statements.flatMap((statement) =>
    statement.calls.flatMap((call) => {
      const ends = wants(program, statement, call);
      const path = textOf(program, statement, argument(call, 0, 'filepath'));
      if (
        ends === null ||
        path === null ||
        path === '' ||
        path.endsWith(UNKNOWN) ||
        ends.some((one) => path.endsWith(one))
      )
        return [];
      const shown = inlineCode(cutEnd(path.replaceAll(UNKNOWN, '…'), 50));
      return findingAt(program, statement, call.from, {
        severity: 'warning',
        rule: 'keras-name',
        sentence: `Keras 3 refuses ${shown}: the name has to end in ${ends.map((one) => inlineCode(one)).join(' or ')}.`,
      });
    }),
  );
}

function wants(program: Program, statement: Statement, call: Call): string[] | null {
  if (/\.save_weights$/.test(call.name)) return ['.weights.h5'];
  if (/^(?:\w*model\w*|\w*net)\.save$/i.test(call.name) || /^(?:tf\.)?keras\.models\.save_model$/.test(call.name)) {
    return call.name.endsWith('save_model') ? null : ['.keras', '.h5', '.hdf5'];
  }
  if (!/(?:^|\.)ModelCheckpoint$/.test(call.name)) return null;
  const only = wordOf(program, statement, argument(call, null, 'save_weights_only'));
  if (only === null || only === 'False') return ['.keras', '.h5'];
  return only === 'True' ? ['.weights.h5'] : null;
}
