import { afterEach, beforeEach, expect, test } from 'vitest';
import { notebook } from '../notebooks.ts';
import { idOf, MARAS_TOKEN, startWorld, textOf, type World } from '../world.ts';

/** The real bot with its real checks, between the two emulators. */

let world: World;

beforeEach(async () => {
  world = await startWorld();
  expect((await world.link(world.mara, MARAS_TOKEN)).failed).toBeNull();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const BROKEN = notebook('import pandas as pd', 'print(train_df.shape)', 'train_df = pd.DataFrame()');
const commit = (bytes: Buffer, name = 'leaf.ipynb') =>
  world.mara.use(world.training, 'commit', { notebook: { name, bytes }, accelerator: 'CPU' });
const runs = () => world.bot.needs.runs.list({ guildId: world.guildId, userId: world.mara.id }, {}, 10);

test('a notebook that would stop is held back, and committed after two presses with a restart before each', async () => {
  const { message } = await commit(BROKEN);
  expect(textOf(message)).toContain(
    '**Blocker** · cell 2, line 1\n`train_df` is used here but first defined in cell 3.\n```\n> 1  print(train_df.shape)\n```',
  );
  await world.pass(5_000);
  expect(world.channel()).toEqual([]);
  expect(world.kaggle.pushes).toBe(0);

  await world.restart();
  const sure = await world.mara.press(message?.id ?? '', idOf(message, 'Commit anyway…'));
  expect(textOf(sure.message)).toContain(
    '### Commit with 1 blocker?\n-# leaf.ipynb · 3 cells · nothing was sent to Kaggle',
  );
  // It is the same message that changed.
  expect(sure.message?.id).toBe(message?.id);

  await world.restart();
  const press = () => world.mara.press(message?.id ?? '', idOf(sure.message, 'Commit with 1 blocker'));
  // Of a double click the second is acknowledged and nothing more.
  const answer = await Promise.race([press(), press()]);
  expect(textOf(answer.message)).toContain('**#1 accepted.**');
  await world.until(() => world.channel().length > 0);
  await world.pass(5_000);
  expect(runs()).toHaveLength(1);
  expect(world.kaggle.pushes).toBe(1);
});

test('a clean notebook is committed with no click, and a fixed one as soon as nothing is left', async () => {
  const clean = await commit(notebook('import json', 'print(json.dumps({}))'));
  expect(textOf(clean.message)).toContain('**#1 accepted.**');
  expect(textOf(clean.message)).toMatch(/checked(?: in [\d.]+ s)?: nothing blocks it/);

  const offline = notebook('!pip install timm==1.0.9', 'import timm', 'print(timm.__version__)');
  const { message } = await commit(offline, 'leaf-install.ipynb');
  expect(textOf(message)).toContain('`!pip install timm==1.0.9` needs the internet; it is off.');
  const fixed = await world.mara.press(message?.id ?? '', idOf(message, 'Turn internet on'));
  expect(textOf(fixed.message)).toContain('**#2 accepted.**');
  expect(runs().find(({ number }) => number === 2)?.settings.internet).toBe(true);
});

test('what is missing among the inputs is attached by one press', async () => {
  world.kaggle.addDataset({
    ref: 'mara-k/leaf-aug',
    title: 'Leaf aug',
    files: [{ name: 'leaves.csv', content: 'a,b\n1,2\n' }],
  });
  const source = notebook('import pandas as pd', 'print(pd.read_csv("/kaggle/input/leaf-aug/leaves.csv"))');
  const { message } = await commit(source);
  expect(textOf(message)).toContain('`/kaggle/input/leaf-aug` is read, but no attached input provides it.');
  const fixed = await world.mara.press(message?.id ?? '', idOf(message, 'Attach mara-k/leaf-aug'));
  expect(textOf(fixed.message)).toContain('**#1 accepted.**');
  expect(runs()[0]?.settings.inputs).toEqual([{ kind: 'dataset', ref: 'mara-k/leaf-aug' }]);
});

test('/check tells the same, also in a direct message, and commits nothing', async () => {
  const { mara, training } = world;
  for (const place of [training, mara.directMessages()]) {
    const { message } = await mara.use(place, 'check', { notebook: { name: 'leaf.ipynb', bytes: BROKEN } });
    expect(textOf(message)).toContain('### Not committed yet: 1 blocker');
    expect(textOf(message)).not.toContain('[Commit anyway');
    const clean = await mara.use(place, 'check', {
      notebook: { name: 'leaf.ipynb', bytes: notebook('print(1)') },
      accelerator: 'CPU',
    });
    expect(textOf(clean.message)).toContain('### Nothing found');
  }
  await world.pass(5_000);
  expect(runs()).toEqual([]);
  expect(world.kaggle.pushes).toBe(0);
});

const EVERYDAY: readonly (readonly [what: string, ...cells: string[]])[] = [
  [
    'scikit-learn with joblib and a submission',
    '# This Python 3 environment comes with many helpful analytics libraries installed\nimport os\nfor folder, _, names in os.walk("/kaggle/input"):\n    for name in names:\n        print(os.path.join(folder, name))',
    'import joblib\nimport numpy as np\nimport pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import cross_val_score, train_test_split',
    'rng = np.random.default_rng(7)\nX = pd.DataFrame(rng.normal(size=(500, 4)), columns=list("abcd"))\ny = (X["a"] + X["b"] > 0).astype(int)\nX_train, X_valid, y_train, y_valid = train_test_split(X, y, random_state=7)',
    'model = RandomForestClassifier(n_estimators=200)\nmodel.fit(X_train, y_train)\nprint("accuracy:", model.score(X_valid, y_valid))\nprint(cross_val_score(model, X, y).mean())',
    'joblib.dump(model, "model.joblib")\npd.DataFrame({"id": range(len(X_valid)), "target": model.predict(X_valid)}).to_csv("submission.csv", index=False)',
  ],
  [
    'Keras with model.save and a table',
    '!nvidia-smi',
    'import numpy as np\nimport pandas as pd\nimport tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n%matplotlib inline\nimport matplotlib.pyplot as plt',
    '(x_train, y_train), (x_test, y_test) = [(np.random.rand(n, 28, 28, 1), np.random.randint(0, 10, n)) for n in (600, 100)]',
    'model = keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.Flatten(), layers.Dense(10, activation="softmax")])\nmodel.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])',
    '%%time\nhistory = model.fit(x_train, y_train, batch_size=128, epochs=70, validation_split=0.1)',
    'model.save("model.keras")\npd.DataFrame(history.history).to_csv("history.csv", index=False)\nplt.plot(history.history["loss"]); plt.savefig("loss.png")',
  ],
  [
    'a PyTorch loop with torch.save',
    'import torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader, TensorDataset\ndevice = "cuda" if torch.cuda.is_available() else "cpu"',
    'data = TensorDataset(torch.randn(256, 8), torch.randn(256, 1))\nloader = DataLoader(data, batch_size=32, shuffle=True)\nnet = nn.DataParallel(nn.Linear(8, 1)).to(device)\noptimizer = torch.optim.Adam(net.parameters())',
    'def train_one(epoch):\n    total = 0.0\n    for x, y in loader:\n        optimizer.zero_grad()\n        loss = nn.functional.mse_loss(net(x.to(device)), y.to(device))\n        loss.backward()\n        optimizer.step()\n        total += loss.item()\n    print(f"epoch {epoch} loss {total / len(loader):.4f}")\n    return total',
    'rows = [(epoch, train_one(epoch)) for epoch in range(3)]\ntorch.save(net.state_dict(), "model.pt")\nwith open("metrics.csv", "w") as file:\n    file.write("epoch,loss\\n" + "\\n".join(f"{a},{b}" for a, b in rows))',
  ],
];

test.each(EVERYDAY)('%s is committed at once, on the machine that nobody chose', async (_, ...cells) => {
  const { message } = await world.mara.use(world.training, 'commit', {
    notebook: { name: 'everyday.ipynb', bytes: notebook(...cells) },
  });
  expect(textOf(message)).toContain('**#1 accepted.**');
});
