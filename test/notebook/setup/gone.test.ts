import { describe, expect, test } from 'vitest';
import { check, short } from './table.ts';

const ON = { internet: true };
const of = (rule: string, cells: readonly string[], where = {}): string[] =>
  short(check(cells, { ...ON, ...where }).filter((one) => one.rule === rule));

/** What breaks with the versions in the image: the cells and where it is told. */
const GONE: readonly (readonly [kind: string, cells: readonly string[], at: string])[] = [
  ['np.float', ['import numpy as np', 'a = 1\nx = np.zeros(3).astype(np.float)'], '2:2'],
  ['np.int under another name', ['import numpy', 'x = numpy.int(3)'], '2:1'],
  ['a module of an old scikit-learn', ['import os\nfrom sklearn.cross_validation import train_test_split'], '1:2'],
  ['joblib in sklearn.externals', ['from sklearn.externals import joblib'], '1:1'],
  ['a name behind several others', ['from sklearn.metrics import (accuracy_score,\n    plot_confusion_matrix)'], '1:2'],
  ['tf.contrib', ['import tensorflow as tf', 'x = tf.contrib.layers.flatten(y)'], '2:1'],
  ['np_utils', ['from keras.utils import np_utils'], '1:1'],
  ['advanced_activations', ['from keras.layers.advanced_activations import LeakyReLU'], '1:1'],
  ['a layer Keras does not have', ['from tensorflow.keras.layers import Dense, Droput'], '1:1'],
  ['imread of scipy', ['from scipy import misc', 'x = misc.imread("a.png")'], '2:1'],
  ['append of a frame', ['import pandas as pd', 'df = df.append(row)'], '2:1'],
  ['append with ignore_index', ['import pandas as pd', 'all = a.append(b,\n  ignore_index=True)'], '2:1'],
  ['ordered by name', ['import lightgbm as lgb', 'm = lgb.train(p, d, early_stopping_rounds=5)'], '2:1'],
  ['a style of seaborn', ['import matplotlib.pyplot as plt', 'plt.style.use("seaborn-whitegrid")'], '2:1'],
  ['two plain arguments of seaborn', ['import seaborn as sns', 'sns.barplot(df.a, df.b)'], '2:1'],
  ['a module scikit-learn never had', ['from sklearn.modelselection import KFold'], '1:1'],
  ['.ix', ['import pandas as pd', 'a = 1\nb = d.ix[0]'], '2:2'],
  ['collections.Iterable', ['from collections import Iterable'], '1:1'],
];

describe('what the versions in the image no longer have', () => {
  test.each(GONE)('%s is a warning at its line', (_, cells, at) => {
    expect(of('gone-api', cells)).toEqual([`warning gone-api ${at}`]);
  });

  test.each([
    ['a list', ['import pandas as pd', 'rows = []\nrows.append(1)\nx = np.append(x, 1)']],
    ['a name that is mended here', ['import numpy as np\nnp.float = float', 'x = np.float(1)']],
    ['a name asked for under try', ['try:\n    from collections import Iterable\nexcept ImportError:\n    pass']],
    ['another version that is installed', ['!pip install numpy==1.23', 'import numpy as np\nx = np.float(1)']],
    ['np.bool, which is back', ['import numpy as np', 'x = np.bool(1)']],
    ['the tokenizer in tf.keras', ['from tensorflow.keras.preprocessing.text import Tokenizer']],
    [
      'Keras as it is',
      ['from keras import layers, models\nfrom keras.callbacks import EarlyStopping', 'layers.Dense(3)'],
    ],
    ['TensorFlow 1 by its own door', ['import tensorflow.compat.v1 as tf', 'tf.placeholder(tf.float32)']],
    ['the seaborn styles of today', ['import matplotlib.pyplot as plt', 'plt.style.use("seaborn-v0_8")']],
    ['an optimizer of torch', ['from torch.optim import Adam', 'o = Adam(p, lr=1e-3)']],
    ['a variable of that name', ['import numpy as np', 'np = thing()', 'x = np.float']],
  ])('%s is nothing', (_, cells) => {
    expect(of('gone-api', cells)).toEqual([]);
  });
});

describe('files beside the notebook', () => {
  test.each([
    ['a table nothing writes', ['import pandas as pd', 'df = pd.read_csv("train.csv")'], ['warning file-missing 2:1']],
    ['one that is written before', ['df.to_csv("train.csv")', 'import pandas as pd\nd = pd.read_csv("train.csv")'], []],
    ['one that comes out of an archive', ['!unzip -q ../input/leaf/train.zip', 'd = pd.read_csv("train.csv")'], []],
    ['one the notebook asks for first', ['if os.path.exists("a.pkl"):\n    d = pd.read_pickle("a.pkl")'], []],
    ['one that a checkpoint wrote', ['c = ModelCheckpoint(f"{OUT}best.h5")', 'm.load_weights("best.h5")'], []],
    ['a text that is written', ['with open("a.txt", "w") as f:\n    f.write("x")'], []],
  ])('%s', (_, cells, said) => {
    expect(of('file-missing', cells)).toEqual(said);
  });
});

describe('magics', () => {
  test.each([
    ['a line magic a letter off', ['import os\n%matplotlb inline'], ['warning unknown-magic 1:2']],
    ['a cell magic a letter off', ['%%tiem\nx = 1'], ['warning unknown-magic 1:1']],
    ['one from an extension', ['%load_ext tensorbord_x', '%tensorbord --logdir x'], []],
    ['one that resembles none', ['%sparkly x'], []],
    [
      'the usual ones',
      ['%matplotlib inline\n%config InlineBackend.figure_format = "retina"\n%time x = 1', '%%time\nx'],
      [],
    ],
  ])('%s', (_, cells, said) => {
    expect(of('unknown-magic', cells)).toEqual(said);
  });
});

test('a module a letter off names the one that was meant', () => {
  const [found] = check(['import os\nimport pandsa as pd'], ON);
  expect(found).toMatchObject({ severity: 'warning', rule: 'import-missing', at: { cell: 1, line: 2 } });
  expect(found?.sentence).toContain('Did you mean `pandas`?');
});

test('a relative import stops a notebook', () => {
  expect(of('import-missing', ['x = 1\nfrom .models import Net'])).toEqual(['blocker import-missing 1:2']);
  expect(of('import-missing', ['try:\n    from .models import Net\nexcept ImportError:\n    Net = None'])).toEqual([]);
});

test('a GPU nobody chose is a hint when nothing uses it, and a warning when somebody did', () => {
  const cells = ['import pandas as pd\nfrom sklearn.svm import SVC', 'm = SVC().fit(x, y)'];
  expect(of('gpu-unused', cells, { accelerator: 'NvidiaTeslaT4', chosen: false })).toEqual(['hint gpu-unused -']);
  expect(of('gpu-unused', cells, { accelerator: 'NvidiaTeslaT4' })).toEqual(['warning gpu-unused -']);
});
