import { describe, expect, test } from 'vitest';
import { check, short, type Where } from './table.ts';

const T4: Where = { accelerator: 'NvidiaTeslaT4' };
const ON: Where = { internet: true };
const TPU: Where = { accelerator: 'TpuV5E8', internet: true };

/** What breaks, the cells, where it runs, and what has to be said: severity, rule, cell:line. */
const BREAKAGES: readonly (readonly [kind: string, cells: readonly string[], where: Where, said: string])[] = [
  // Imports
  [
    'a package measured as absent, internet off',
    ['import os', 'import numpy as np\nimport vllm'],
    {},
    'blocker import-missing 2:2',
  ],
  [
    'a package taken out of the image',
    ['x = 1\nfrom tensorflow_decision_forests import keras'],
    {},
    'blocker import-missing 1:2',
  ],
  ['a package that no list has', ['import segmentation_models_pytorch as smp'], {}, 'warning import-missing 1:1'],
  ['a package nobody knows', ['import my_private_package'], {}, 'warning import-missing 1:1'],
  ['several imports in one line', ['import os, sys; import trl'], {}, 'blocker import-missing 1:1'],
  [
    'an absent package that nothing installs, internet on',
    ['from ultralytics import YOLO'],
    ON,
    'warning import-missing 1:1',
  ],
  ['a module that went with Python 3.12', ['import numpy\nimport imp'], ON, 'blocker import-missing 1:2'],
  ['cuDF without a GPU', ['import pandas\nimport cudf'], ON, 'blocker import-missing 1:2'],
  ['LightGBM in the TPU image', ['import jax\nimport lightgbm as lgb'], TPU, 'warning import-missing 1:2'],
  [
    'an absent import in a function that is called',
    ['def go():\n    import trl\n\ngo()'],
    {},
    'warning import-missing 1:2',
  ],
  [
    'an absent package beside a path that does not name it',
    ['import sys\nsys.path.append("../input/leaf")\nimport trl'],
    { inputs: 'mara/leaf' },
    'warning import-missing 1:3',
  ],
  ['a table of seaborn', ['import seaborn as sns\nd = sns.load_dataset("iris")'], {}, 'warning needs-internet 1:2'],
  // The internet
  ['!pip install', ['import os', '!pip install timm==1.0.9'], {}, 'warning needs-internet 2:1'],
  ['!pip install over two lines', ['!pip install -q \\\n  ultralytics'], {}, 'warning needs-internet 1:1'],
  ['%pip install', ['%pip install -q bitsandbytes'], {}, 'warning needs-internet 1:1'],
  ['!uv pip install', ['!uv pip install --system trl'], {}, 'warning needs-internet 1:1'],
  ['!python -m pip install', ['!python -m pip install trl'], {}, 'warning needs-internet 1:1'],
  ['another version than the image has', ['!pip install transformers==4.41.0'], {}, 'warning needs-internet 1:1'],
  ['pip from a repository', ['!pip install git+https://github.com/mara/leaf.git'], {}, 'warning needs-internet 1:1'],
  [
    'pip through subprocess',
    ['import subprocess, sys\nsubprocess.check_call([sys.executable, "-m", "pip", "install", "trl"])'],
    {},
    'warning needs-internet 1:2',
  ],
  ['pip through os.system', ['import os\nos.system("pip install -q trl")'], {}, 'warning needs-internet 1:2'],
  ['!apt-get', ['!apt-get update && apt-get install -y libgl1'], {}, 'warning needs-internet 1:1'],
  ['!wget', ['!wget -q https://example.com/a.zip'], {}, 'warning needs-internet 1:1'],
  [
    '!git clone in a %%bash cell',
    ['%%bash\ncd /tmp\ngit clone https://github.com/mara/leaf'],
    {},
    'warning needs-internet 1:3',
  ],
  ['!gdown', ['!gdown 1abc'], {}, 'warning needs-internet 1:1'],
  [
    'requests.get',
    ['import requests\n\nr = requests.get("https://example.com/x.json")'],
    {},
    'warning needs-internet 1:3',
  ],
  [
    'a table from the web',
    ['import pandas as pd\ndf = pd.read_csv("https://example.com/x.csv")'],
    {},
    'warning needs-internet 1:2',
  ],
  [
    'urlretrieve',
    ['import urllib.request\nurllib.request.urlretrieve(URL, "x.zip")'],
    {},
    'warning needs-internet 1:2',
  ],
  [
    'a hub name',
    ['from transformers import AutoModel', 'm = AutoModel.from_pretrained("microsoft/deberta-v3-base")'],
    {},
    'warning needs-internet 2:1',
  ],
  [
    'a hub name behind a class of settings',
    [
      'class CFG:\n    model = "microsoft/deberta-v3-base"',
      'from transformers import AutoModel\nm = AutoModel.from_pretrained(CFG.model)',
    ],
    {},
    'warning needs-internet 2:2',
  ],
  [
    'a sentence model',
    ['from sentence_transformers import SentenceTransformer\nm = SentenceTransformer("all-MiniLM-L6-v2")'],
    {},
    'warning needs-internet 1:2',
  ],
  ['load_dataset', ['from datasets import load_dataset\nds = load_dataset("imdb")'], {}, 'warning needs-internet 1:2'],
  ['torch.hub', ['import torch\nm = torch.hub.load("pytorch/vision", "resnet50")'], {}, 'warning needs-internet 1:2'],
  [
    'pretrained=True',
    ['import timm\nm = timm.create_model(\n    "resnet34",\n    pretrained=True)'],
    {},
    'warning needs-internet 1:2',
  ],
  [
    'weights of torchvision',
    ['from torchvision import models\nm = models.resnet50(weights=models.ResNet50_Weights.DEFAULT)'],
    {},
    'warning needs-internet 1:2',
  ],
  [
    'ImageNet weights of Keras',
    ['import tensorflow as tf\nm = tf.keras.applications.EfficientNetB0(include_top=False)'],
    {},
    'warning needs-internet 1:2',
  ],
  ['NLTK data the image lacks', ['import nltk\nnltk.download("omw-1.4")'], {}, 'warning needs-internet 1:2'],
  [
    'keras.datasets',
    ['from tensorflow.keras.datasets import mnist\n(a, b), (c, d) = mnist.load_data()'],
    {},
    'warning needs-internet 1:2',
  ],
  [
    'datasets of torchvision',
    ['from torchvision import datasets\nd = datasets.MNIST("x", download=True)'],
    {},
    'warning needs-internet 1:2',
  ],
  ['W&B online', ['import wandb\nwandb.init(project="leaf")'], {}, 'warning needs-internet 1:2'],
  [
    'secrets of Kaggle',
    ['from kaggle_secrets import UserSecretsClient\nk = UserSecretsClient().get_secret("wandb")'],
    {},
    'warning needs-internet 1:2',
  ],
  [
    'an upload with kagglehub',
    ['import kagglehub\nkagglehub.model_upload("a/b/c/d", "x")'],
    {},
    'warning needs-internet 1:2',
  ],
  // People
  ['input()', ['x = 1', 'n = 2\nname = input("Name? ")'], {}, 'blocker asks-somebody 2:2'],
  ['int(input())', ['n = int(input("How many? "))'], {}, 'blocker asks-somebody 1:1'],
  [
    'input() beside a function with a local of that name',
    ['def f(x):\n    input = x\n    return input', 'y = input()'],
    {},
    'blocker asks-somebody 2:1',
  ],
  ['getpass', ['from getpass import getpass\nkey = getpass()'], {}, 'warning asks-somebody 1:2'],
  ['notebook_login', ['from huggingface_hub import notebook_login\nnotebook_login()'], ON, 'warning asks-somebody 1:2'],
  ['wandb.login without a key', ['import wandb\nwandb.login()'], ON, 'warning asks-somebody 1:2'],
  // Paths
  [
    'a place on Windows',
    ['import pandas as pd\ndf = pd.read_csv("C:\\\\Users\\\\mara\\\\train.csv")'],
    {},
    'warning foreign-path 1:2',
  ],
  [
    'a raw place on Windows',
    ['import pandas as pd\ndf = pd.read_csv(r"D:\\data\\train.csv")'],
    {},
    'warning foreign-path 1:2',
  ],
  ['a place on Colab', ['P = "/content/drive/MyDrive/train.csv"'], {}, 'warning foreign-path 1:1'],
  ["a place in somebody's home", ['x = open("/home/mara/train.csv")'], {}, 'warning foreign-path 1:1'],
  ['a place on a Mac', ['import os\np = os.path.join("/Users/jun", "leaf")'], {}, 'warning foreign-path 1:2'],
  ['a home with ~', ['x = open("~/leaf/train.csv")'], {}, 'warning foreign-path 1:1'],
  ['Colab itself', ['from google.colab import drive\ndrive.mount("/content/drive")'], {}, 'warning colab 1:2'],
  [
    'a missing input, old layout',
    ['import pandas as pd', 'a = 1\ndf = pd.read_csv("/kaggle/input/leaf-aug/train.csv")'],
    { inputs: 'mara/leaf' },
    'warning input-path 2:2',
  ],
  ['a missing input, ../input', ['x = open("../input/leaf-aug/train.csv")'], {}, 'warning input-path 1:1'],
  [
    'a missing input, new layout',
    ['x = open("/kaggle/input/datasets/mara/leaf-aug/a.csv")'],
    { inputs: 'jun/leaf-aug' },
    'warning input-path 1:1',
  ],
  [
    'a missing competition, new layout',
    ['x = open("/kaggle/input/competitions/titanic/train.csv")'],
    {},
    'warning input-path 1:1',
  ],
  [
    'a missing input through os.path.join',
    ['import os\nBASE = "/kaggle/input"', 'p = os.path.join(BASE, "leaf-aug", "train.csv")'],
    {},
    'warning input-path 2:1',
  ],
  [
    'a missing input through an f-string',
    ['BASE = "/kaggle/input"\np = f"{BASE}/leaf-aug/train.csv"'],
    {},
    'warning input-path 1:2',
  ],
  [
    'a missing input through Path',
    ['from pathlib import Path\nROOT = Path("/kaggle/input")\np = ROOT / "leaf-aug" / "a.csv"'],
    {},
    'warning input-path 1:3',
  ],
  [
    'a missing input in the third line of a call',
    [
      'import pandas as pd\nd = pd.concat([\n  pd.read_csv("/kaggle/input/leaf/a.csv"),\n  pd.read_csv("/kaggle/input/leaf-aug/a.csv"),\n])',
    ],
    { inputs: 'mara/leaf' },
    'warning input-path 1:4',
  ],
  ['a missing input in a shell line', ['!cp /kaggle/input/leaf-aug/x.csv .'], {}, 'warning input-path 1:1'],
  [
    'a missing input through kagglehub',
    ['import kagglehub\np = kagglehub.dataset_download("mara/leaf-aug")'],
    {},
    'warning input-path 1:2',
  ],
  // Saves
  [
    'a save into the inputs',
    ['import pandas as pd\ndf = pd.DataFrame()\ndf.to_csv("/kaggle/input/leaf/out.csv")'],
    { inputs: 'mara/leaf' },
    'blocker save-into-input 1:3',
  ],
  [
    'a file opened for writing in the inputs',
    ['f = open("/kaggle/input/leaf/out.txt", "w")'],
    { inputs: 'mara/leaf' },
    'blocker save-into-input 1:1',
  ],
  ['the only save in /tmp', ['import torch\ntorch.save(model, "/tmp/model.pt")'], {}, 'warning save-lost 1:2'],
  [
    'no model saved',
    ['from sklearn.svm import SVC\nm = SVC().fit(x, y)\ndf.to_csv("a.csv")'],
    {},
    'hint no-model-saved 1:all',
  ],
  ['no table saved', ['import torch\nloss.backward()\ntorch.save(m, "m.pt")'], {}, 'hint no-table-saved 1:all'],
  ['a name Keras 3 refuses', ['import keras', 'model.fit(x)\nmodel.save("leaf_model")'], {}, 'warning keras-name 2:2'],
  // The machine
  ['.cuda() without a GPU', ['import torch', 'x = 1\nm = net.cuda()'], {}, 'warning gpu-needed 2:2'],
  ['a device without asking', ['import torch\ndevice = torch.device("cuda")'], {}, 'warning gpu-needed 1:2'],
  ['.to("cuda")', ['m.to("cuda:0")'], {}, 'warning gpu-needed 1:1'],
  ['gpu_hist in a dictionary', ['p = {"max_depth": 3,\n  "tree_method": "gpu_hist"}'], {}, 'warning gpu-needed 1:2'],
  [
    'a GPU for scikit-learn',
    ['import pandas\nfrom sklearn.svm import SVC\nSVC().fit(x, y)'],
    T4,
    'warning gpu-unused -',
  ],
  [
    'TPU code on a GPU',
    ['import tensorflow as tf\nt = tf.distribute.cluster_resolver.TPUClusterResolver()'],
    T4,
    'warning tpu-needed 1:2',
  ],
  ['GPU code on a TPU', ['import torch\nm = net.cuda()'], TPU, 'warning gpu-needed 1:2'],
  ['nothing for the TPU', ['import pandas as pd\nimport sklearn'], TPU, 'warning tpu-unused -'],
  [
    'bf16 on a T4',
    ['from transformers import TrainingArguments\na = TrainingArguments("out",\n  bf16=True)'],
    T4,
    'warning t4-bf16 1:3',
  ],
  [
    'FlashAttention on a T4',
    ['m = AutoModel.from_pretrained(P, attn_implementation="flash_attention_2")'],
    T4,
    'warning t4-flash 1:1',
  ],
  // Secrets and ends
  ['the environment printed', ['import os\nprint(os.environ)'], {}, 'warning prints-environment 1:2'],
  ['!env', ['!env'], {}, 'warning prints-environment 1:1'],
  ['exit in the middle', ['import sys\nsys.exit()', 'x = 1'], {}, 'hint exits 1:2'],
  ['the process killed', ['import os\nos._exit(0)', 'x = 1'], {}, 'warning kills-kernel 1:2'],
  ['a window', ['import cv2\ncv2.imshow("a", b)'], {}, 'warning needs-desk 1:2'],
  ['an input nobody reads', ['x = 1'], { inputs: 'mara/leaf' }, 'hint input-unused -'],
];

describe('each breakage is found at its place', () => {
  test.each(BREAKAGES)('%s', (_, cells, where, said) => {
    expect(short(check(cells, where))).toContain(said);
  });
});

const TOKENS: readonly (readonly [kind: string, line: string, secret: string])[] = [
  ['Kaggle token', 'T = "KGAT_', '4f1c2b3a9d8e7f60514233a1b2c3d4e5'],
  ['Kaggle key', 'json.dump({"username": "mara", "key": "', '4f1c2b3a9d8e7f60514233a1b2c3d4e5'],
  ['Hugging Face', 'login(token="hf_', 'QwErTyUiOpLkJhGfDsAzXcVbNm42091736'],
  ['OpenAI', 'openai.api_key = "sk-', 'proj-Zx8Cv7Bn6Ma5Sd4Fg3Hj2Kl1Qw9Er0Ty'],
  ['AWS', 'K = "AKIA', 'QZ7XW3EC5RV9TB2N'],
  ['GitHub', '# ghp_', 'Qw3Er5Ty7Ui9Op1As2Df4Gh6Jk8Lz0Xc2Vb4N'],
  ['Slack', 'S = "xoxb-', '739201846153-Qw3Er5Ty7Ui9Op1As2Df'],
  ['Weights & Biases', 'wandb.login(key="', '4f1c2b3a9d8e7f60514233a1b2c3d4e5f6a7b8c9'],
  ['Discord bot', 'TOKEN = "', 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWsq91'],
  ['private key', 'K = """-----BEGIN RSA ', 'PRIVATE KEY-----'],
];

describe('a pasted secret is told by its kind and place', () => {
  test.each(TOKENS)('%s', (_, line, secret) => {
    const found = check(['x = 1', `y = 2\n${line}${secret}")`], { internet: true });
    expect(short(found)).toContain('warning secret 2:2');
    expect(JSON.stringify(found)).not.toContain(secret.slice(0, 12));
  });
});

test('a line that is quoted for another reason leaves out the secret in it', () => {
  const key = '4f1c2b3a9d8e7f60514233a1b2c3d4e5f6a7b8c9';
  const found = check([`!wandb login ${key}`]);
  expect(short(found)).toContain('warning needs-internet 1:1');
  expect(JSON.stringify(found)).not.toContain(key.slice(0, 12));
});

test('what can be cured by one press carries the press', () => {
  const fixes = check(
    ['!pip install trl\n!wget https://example.com/a', 'm.cuda()', 'open("/kaggle/input/datasets/mara/leaf-aug/a.csv")'],
    {},
  ).flatMap((one) => one.fix ?? []);
  expect(fixes).toEqual([
    { kind: 'internet', on: true },
    { kind: 'accelerator', to: 'NvidiaTeslaT4' },
    { kind: 'attach', input: 'mara/leaf-aug' },
  ]);
});

test('an input whose owner the path does not tell is named by its slug', () => {
  const [found] = check(['open("/kaggle/input/leaf-aug/a.csv")']);
  expect(found?.missing).toBe('leaf-aug');
  expect(found?.sentence).toBe('`/kaggle/input/leaf-aug` is read, but no attached input provides it.');
});

test('a script is counted by its own lines', () => {
  const found = check(['import os', '', 'import vllm', 'x = open("/kaggle/input/leaf-aug/a.csv")'], {
    file: 'train.py',
  });
  expect(short(found)).toEqual(expect.arrayContaining(['blocker import-missing file:3', 'warning input-path file:4']));
});

test('R is read for paths, secrets and installations', () => {
  const found = check(
    [
      'library(dplyr)',
      'install.packages("xgboost")',
      'd <- read.csv("C:/Users/mara/a.csv")',
      'e <- read.csv("/kaggle/input/leaf-aug/a.csv") # x',
    ],
    { file: 'train.R' },
  );
  expect(short(found)).toEqual([
    'warning needs-internet file:2',
    'warning foreign-path file:3',
    'warning input-path file:4',
  ]);
});
