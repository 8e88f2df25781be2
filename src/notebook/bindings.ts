import { closest } from '../domain/closest.ts';
import { wordsOf } from './magics.ts';
import type { Program, Statement } from './program.ts';

/**
 * Where names get a value, read from the statements alone. Good enough to say where a name is first defined and what a
 * mistyped one may have meant; whether a name is defined at all, the linter decides.
 */
export type Bindings = ReadonlyMap<string, readonly Statement[]>;

const IDENTIFIER = '[\\p{L}_][\\p{L}\\p{N}_]*';
const TARGETS = new RegExp(
  `^\\s*\\(?\\[?\\*?${IDENTIFIER}(?:\\s*,\\s*[(\\[*]{0,2}${IDENTIFIER}[)\\]]{0,2})*\\s*,?\\)?\\]?\\s*(?::[^=]*)?$`,
  'u',
);

function assignedIn(code: string): string[] {
  const found: string[] = [];
  // A long statement has its targets in front.
  const parts = code.slice(0, 2_000).split(/(?<![=!<>+\-*/%&|^@:~])=(?!=)/);
  for (const part of parts.slice(0, -1)) {
    if (!TARGETS.test(part)) break;
    found.push(...wordsOf(part.split(':')[0] ?? ''));
  }
  return found;
}

function importedIn(code: string): string[] {
  const from = /^\s*from\s+[\w.]+\s+import\b/.exec(code)?.[0];
  const list = from === undefined ? /^\s*import\b([\s\S]*)$/.exec(code)?.[1] : code.slice(from.length);
  if (list === undefined) return [];
  return list
    .replace(/[()\\;]/g, ' ')
    .split(',')
    .flatMap((one) => {
      const words = wordsOf(one);
      const name = words.at(-2) === 'as' ? words.at(-1) : words[0];
      return name === undefined ? [] : [name];
    });
}

function boundIn(one: Statement): string[] {
  const { code, head } = one;
  if (/^\s*(?:from|import)\b/.test(code)) return importedIn(code);
  const walrus = [...code.matchAll(new RegExp(`(${IDENTIFIER})\\s*:=`, 'gu'))].map((match) => match[1] ?? '');
  if (head === 'def' || head === 'class') return [/\b(?:def|class)\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(code)?.[1] ?? ''];
  if (head === 'for') return [...walrus, ...wordsOf(/\bfor\b([\s\S]*?)\bin\b/.exec(code)?.[1] ?? '')];
  if (head === 'with' || head === 'except')
    return [...code.matchAll(/\bas\s+\(?([^():]+)/g)].flatMap((match) =>
      wordsOf((match[1] ?? '').split(/\bas\b/)[0] ?? ''),
    );
  const body = head === null ? code : code.slice(code.indexOf(':') + 1);
  return [...walrus, ...body.split(';').flatMap(assignedIn)];
}

const insideOf = (program: Program, one: Statement, heads: readonly string[]): boolean => {
  for (let up = program.statements[one.parent]; up !== undefined; up = program.statements[up.parent])
    if (heads.includes(up.head ?? '')) return true;
  return false;
};

/** The names of the top of the program, each with the statements that bind it in order. */
export function bindingsOf(program: Program): Bindings {
  const found = new Map<string, Statement[]>();
  for (const one of program.statements) {
    if (insideOf(program, one, ['def', 'class'])) continue;
    for (const name of boundIn(one)) {
      if (name === '') continue;
      const list = found.get(name);
      if (list === undefined) found.set(name, [one]);
      else list.push(one);
    }
  }
  return found;
}

/** Python 2 names, and what became of them. */
export const PYTHON_2: ReadonlyMap<string, string> = new Map([
  ['xrange', 'range'],
  ['unicode', 'str'],
  ['raw_input', 'input'],
  ['basestring', 'str'],
  ['long', 'int'],
  ['unichr', 'chr'],
  ['izip', 'zip'],
  ['reduce', 'functools.reduce'],
  ['reload', 'importlib.reload'],
  ['execfile', 'exec'],
]);

const USUAL_IMPORTS: ReadonlyMap<string, string> = new Map([
  ['np', 'import numpy as np'],
  ['pd', 'import pandas as pd'],
  ['pl', 'import polars as pl'],
  ['plt', 'import matplotlib.pyplot as plt'],
  ['sns', 'import seaborn as sns'],
  ['tf', 'import tensorflow as tf'],
  ['nn', 'from torch import nn'],
  ['F', 'import torch.nn.functional as F'],
  ['xgb', 'import xgboost as xgb'],
  ['lgb', 'import lightgbm as lgb'],
  ['px', 'import plotly.express as px'],
  ['go', 'import plotly.graph_objects as go'],
  ['A', 'import albumentations as A'],
  ['Path', 'from pathlib import Path'],
  ['Image', 'from PIL import Image'],
  ['tqdm', 'from tqdm.auto import tqdm'],
  ['defaultdict', 'from collections import defaultdict'],
  ['Counter', 'from collections import Counter'],
  ['train_test_split', 'from sklearn.model_selection import train_test_split'],
]);
const MODULES = new Set(
  (
    'os sys re gc json math random time glob pickle joblib copy datetime warnings itertools functools collections shutil ' +
    'pathlib logging torch torchvision tensorflow keras sklearn scipy cv2 xgboost lightgbm catboost optuna transformers ' +
    'albumentations timm wandb seaborn matplotlib pandas numpy'
  ).split(' '),
);

/** The import that usually defines a name; null for a name without one. */
export const usualImport = (name: string): string | null =>
  USUAL_IMPORTS.get(name) ?? (MODULES.has(name) ? `import ${name}` : null);

const BUILT_IN =
  'print len range enumerate zip list dict set tuple str int float bool open sorted sum min max abs round type isinstance input map filter display'.split(
    ' ',
  );

/** A name the notebook or Python has that was most likely meant; null when none is close. */
export function meantBy(name: string, bindings: Bindings): string | null {
  if (name.length < 3 || name.length > 60) return null;
  const near = [...bindings.keys(), ...BUILT_IN].filter(
    (other) => other.length > 2 && Math.abs(other.length - name.length) <= 3 && other.length <= 60,
  );
  return closest(name, near.slice(0, 2_000));
}
