import { describe, expect, test } from 'vitest';
import { check, short, type Where } from './table.ts';

const T4: Where = { accelerator: 'NvidiaTeslaT4' };
const ON: Where = { internet: true };
const ONE: Where = { inputs: 'mara/leaf' };
const LEAF: Where = { inputs: 'mara/leaf titanic code/jun/eda models/google/gemma/transformers/2b' };

/** What looks like a breakage and is none: nothing at all may be said. */
const SILENT: readonly (readonly [kind: string, cells: readonly string[], where?: Where])[] = [
  [
    'what the image has',
    ['import numpy, pandas as pd\nfrom sklearn.svm import SVC\nimport cv2, yaml, timm, kaggle_secrets'],
  ],
  [
    'the standard library',
    ['import os, sys, json\nfrom concurrent.futures import ThreadPoolExecutor\nimport distutils'],
  ],
  ['an import under try', ['try:\n    import trl\nexcept ImportError:\n    trl = None']],
  ['an import in the except', ['try:\n    import cuml\nexcept ImportError:\n    import sklearn as cuml']],
  ['an import under TYPE_CHECKING', ['from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import trl']],
  ['an import in a comment or a text', ['# import trl\ns = """\nimport trl\n"""']],
  ['a module written here', ['%%writefile leaf.py\nx = 1', 'import leaf']],
  ['a utility script that is attached', ['import leaf_tools'], { inputs: 'code/mara/leaf-tools' }],
  ['a wheel from an input', ['!pip install --no-index --find-links /kaggle/input/leaf trl\nimport trl'], ONE],
  ['a wheel by its name', ['!pip install ../input/leaf/trl-0.9-py3-none-any.whl -q\nimport trl'], ONE],
  ['a package that is installed, internet on', ['!pip install -q trl\nimport trl'], ON],
  ['a package under another name', ['!pip install faiss-cpu\nimport faiss'], ON],
  ['a package the image has', ['!pip install timm pandas>=1.0 "numpy<3" transformers==5.0.0']],
  ['cuDF on a GPU', ['import cudf'], T4],
  ['pip list and show', ['!pip list | grep torch\n!pip show torch']],
  ['pip in a comment', ['# !pip install trl\nx = "!pip install trl"']],
  ['curl of this machine', ['import requests\nrequests.get("http://localhost:8000/health")']],
  ['git log', ['!git status']],
  [
    'a model from an input',
    ['from transformers import AutoModel\nP = "/kaggle/input/leaf/bert"\nm = AutoModel.from_pretrained(P)'],
    ONE,
  ],
  ['a model with local_files_only', ['m = AutoModel.from_pretrained("org/name", local_files_only=True)']],
  ['a model this notebook saved', ['m.save_pretrained("leaf-model")\nm = AutoModel.from_pretrained("leaf-model")']],
  ['pretrained=False', ['import timm\nm = timm.create_model("resnet34", pretrained=False)']],
  [
    'pretrained as a default of one that is not asked',
    [
      'import timm\nclass Net:\n    def __init__(self, pretrained=False):\n        self.m = timm.create_model("resnet34", pretrained=pretrained)\nNet()',
    ],
  ],
  ['weights=None', ['import tensorflow as tf\nm = tf.keras.applications.ResNet50(weights=None)']],
  [
    'weights from a file',
    ['import tensorflow as tf\nm = tf.keras.applications.ResNet50(weights="../input/leaf/resnet.h5")'],
    ONE,
  ],
  ['torch.hub of a folder', ['import torch\nm = torch.hub.load("/kaggle/input/leaf/repo", "x", source="local")'], ONE],
  [
    'load_dataset of files',
    ['from datasets import load_dataset\nd = load_dataset("csv", data_files="/kaggle/input/leaf/a.csv")'],
    ONE,
  ],
  ['NLTK data the image has', ['import nltk\nnltk.download("stopwords")\nnltk.download("punkt")']],
  ['datasets of scikit-learn', ['from sklearn.datasets import load_iris\nload_iris()']],
  ['W&B offline', ['import os\nos.environ["WANDB_MODE"] = "offline"\nimport wandb\nwandb.init()']],
  ['a download under try', ['try:\n    requests.get("https://example.com")\nexcept Exception:\n    pass']],
  [
    'kagglehub of an attached input',
    ['import kagglehub\np = kagglehub.dataset_download("mara/leaf")'],
    { inputs: 'mara/leaf' },
  ],
  ["a function of one's own called input", ['def input(x):\n    return x\ninput(3)']],
  ['an argument called input', ['def f(input, y):\n    return input(y)\nf(print, 1)']],
  ['a variable called input', ['input = print\ninput(3)']],
  ['Input layers', ['from keras import Input\nx = Input(shape=(3,))\ny = model.input\nf.input(3)']],
  ['a task that names input', ['f(input=3)\ninputs = {"input": 1}']],
  [
    'the old layout',
    [
      'import os\nfor f in os.listdir("/kaggle/input/leaf"):\n    open("/kaggle/input/titanic/train.csv")\nx = "/kaggle/input/eda"\ny = "/kaggle/input/gemma/transformers/2b/1"',
    ],
    LEAF,
  ],
  [
    'the new layout',
    [
      'a = "/kaggle/input/datasets/mara/leaf/a.csv"\nb = "/kaggle/input/competitions/titanic/a"\nc = "/kaggle/input/notebooks/jun/eda"\nd = "/kaggle/input/models/google/gemma/transformers/2b/1"',
    ],
    LEAF,
  ],
  ['a walk over the inputs', ['import os\nfor d, _, fs in os.walk("/kaggle/input"):\n    print(d)'], LEAF],
  ['a pattern over the inputs', ['import glob\nfs = glob.glob("/kaggle/input/*/train.csv")'], LEAF],
  ['a path in a comment', ['# /kaggle/input/leaf-aug/train.csv\n# C:\\Users\\mara\n# /content/drive\nx = 1']],
  [
    'a path that is made here',
    ['import os\nos.makedirs("/home/leaf/out", exist_ok=True)\nopen("/home/leaf/out/a.txt", "w")'],
  ],
  ['an address with a drive-like start', ['s = "a:b"\nt = "x:/%d"\nu = "http://home/mara/x"']],
  [
    'places of the session',
    [
      'import os\nos.makedirs("/kaggle/working/a", exist_ok=True)\nx = open("/tmp/a"), open("/usr/share/x"), open("/root/.cache/x")',
    ],
  ],
  ['a save with a copy afterwards', ['import torch\ntorch.save(m, "/tmp/m.pt")\n!cp /tmp/m.pt /kaggle/working/']],
  ['names Keras 3 takes', ['import keras\nmodel.save("leaf.keras")\nmodel.save_weights("leaf.weights.h5")']],
  [
    'a device that asks',
    ['import torch\ndevice = torch.device("cuda" if torch.cuda.is_available() else "cpu")\nm.to(device)'],
  ],
  ['cuda under a question', ['import torch\nif torch.cuda.is_available():\n    m = m.cuda()']],
  ['a GPU that is used', ['import torch\nm = net.to("cuda")\nx = m(y)'], T4],
  [
    'a TPU under try',
    [
      'import tensorflow as tf\ntry:\n    t = tf.distribute.cluster_resolver.TPUClusterResolver()\nexcept ValueError:\n    t = None',
    ],
    T4,
  ],
  [
    'examples of tokens',
    [
      't = "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\nk = "sk-your-key-goes-here-0000000000"\nsha = "4f1c2b3a9d8e7f60514233a1b2c3d4e5f6a7b8c9"',
    ],
  ],
  [
    'one variable of the environment',
    ['import os\nprint(os.environ["HOME"], os.environ.get("X"))\nos.environ["A"] = "1"'],
  ],
  ['exit in the last line', ['import sys\nx = 1\nsys.exit(0)']],
  ['exit of a function', ['def stop():\n    exit()\nx = 1\ny = 2']],
];

describe('nothing is said of', () => {
  test.each(SILENT.map(([kind, cells, where]) => ({ kind, cells, where: where ?? {} })))(
    '$kind',
    ({ cells, where }) => {
      expect(check(cells, where)).toEqual([]);
    },
  );
});

/** What may fail but has another way: never a blocker, and no warning that would hold up a commit. */
const QUIET: readonly (readonly [kind: string, cells: readonly string[], where?: Where])[] = [
  ['a module from a folder on the path', ['import sys\nsys.path.append("../input/leaf/src")\nimport leaf_model'], ONE],
  ['a module of another folder on the path', ['import sys\nsys.path.append("../input/leaf/src")\nimport helpers'], ONE],
  [
    'an absent package from a folder of its name',
    ['import sys\nsys.path.append("../input/leaf/trl-0.9")\nimport trl'],
    ONE,
  ],
  ['an import behind a switch', ['OFFLINE = True\nif not OFFLINE:\n    import trl']],
  ['an import in a function nobody calls', ['def go():\n    import trl\n    return trl']],
  ['an installation behind a switch', ['if not OFFLINE:\n    !pip install trl']],
  ['an installation on Colab only', ['import sys\nif "google.colab" in sys.modules:\n    !pip install trl']],
  ['a download in a function nobody calls', ['def get():\n    return requests.get("https://example.com")']],
  [
    'a place for when one is at home',
    ['import os\nP = "/kaggle/input/leaf" if os.path.exists("/kaggle/input/leaf") else "/home/mara/leaf"'],
  ],
  [
    'a folder that is asked for first',
    ['import os\nD = "/kaggle/input/leaf-aug"\nif not os.path.exists(D):\n    D = "data"'],
  ],
];

describe('no more than a hint is', () => {
  test.each(QUIET.map(([kind, cells, where]) => ({ kind, cells, where: where ?? {} })))('$kind', ({ cells, where }) => {
    expect(short(check(cells, where)).filter((one) => !one.startsWith('hint'))).toEqual([]);
  });
});

/** What certainly stops a run elsewhere, but may not here. */
const NO_BLOCKER: readonly (readonly [kind: string, cells: readonly string[], where?: Where])[] = [
  ['an absent import under a condition', ['if x:\n    import vllm']],
  ['an absent import with a wheel nobody can read', ['!pip install ../input/leaf/*.whl\nimport vllm'], LEAF],
  ['input() in a function', ['def ask():\n    return input()\nask()']],
  ['input() in a loop', ['for i in range(3):\n    x = input()']],
  ['input() in a script', ['x = 1\ny = input()'], { file: 'train.py' }],
  ['a folder in the inputs that may be there', ['import os\nos.makedirs("/kaggle/input/leaf", exist_ok=True)'], LEAF],
  ['a save to a neighbour folder', ['df.to_csv("../input/train_folds.csv")']],
];

describe('no blocker is', () => {
  test.each(NO_BLOCKER.map(([kind, cells, where]) => ({ kind, cells, where: where ?? {} })))(
    '$kind',
    ({ cells, where }) => {
      expect(short(check(cells, where)).filter((one) => one.startsWith('blocker'))).toEqual([]);
    },
  );
});
