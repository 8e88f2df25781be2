import { type Argument, argument, type Call } from './calls.ts';
import { NLTK } from './facts.ts';
import { type Program, textOf, wordOf } from './program.ts';
import type { Statement } from './statement.ts';
import { UNKNOWN } from './strings.ts';

/** One call as a rule sees it. */
type Seen = {
  readonly call: Call;
  readonly text: (position: number | null, ...names: string[]) => string | null;
  readonly word: (position: number | null, ...names: string[]) => string | null;
  readonly has: (...names: string[]) => boolean;
  /** An argument as it is written. */
  readonly code: (position: number) => string;
  readonly program: Program;
};

/** Gives what is shown of the call behind its name, e.g. `"bert-base-uncased"`; null when it needs no network. */
type Rule = readonly [name: RegExp, needs: (seen: Seen) => string | null];

const isUrl = (text: string | null): text is string =>
  text !== null && /^(?:https?|ftp|s3|gs):\/\/(?!localhost|127\.|0\.0\.0\.0)/.test(text);
const quoted = (text: string): string => `"${text}"`;
const all = (program: Program, pattern: RegExp): boolean =>
  program.statements.some((statement) => pattern.test(statement.text));

/** People copy weights from an input to where the library would put them; then nothing is fetched. */
const hasTorchCache = (program: Program): boolean => all(program, /\.cache\/torch|TORCH_HOME|hub\.set_dir|torch\/hub/);
const hasKerasCache = (program: Program): boolean => all(program, /[/~]\.keras\b|KERAS_HOME/);
const hasHubCache = (program: Program): boolean =>
  all(program, /HF_HOME|TRANSFORMERS_CACHE|HF_HUB_CACHE|\.cache\/huggingface|HF_DATASETS_CACHE/);

/**
 * A name of a hub: `org/name`, or a name alone that no folder of this notebook has. A path, a name that is put together
 * at run time, and a folder that the notebook writes are none.
 */
function hubName(program: Program, text: string | null): string | null {
  if (text === null || text.includes(UNKNOWN) || !/^[\w.-]+(?:\/[\w.-]+)?$/.test(text) || /^[.]/.test(text))
    return null;
  if (
    /^(?:input|kaggle|working|data|models?|output|outputs|checkpoints?|results?|tmp|content|weights|saved_?models?|logs)(?:\/|$)/i.test(
      text,
    )
  )
    return null;
  if (/\.(?:pth?|bin|h5|keras|ckpt|safetensors|onnx|pkl|json|csv|txt|gguf|model)$/i.test(text)) return null;
  if (!text.includes('/') && !/-|^(?:gpt2|distilgpt2|t5|bert|roberta|xlnet)$/.test(text)) return null;
  return isWrittenHere(program, text) ? null : text;
}

const WRITES =
  /(?:^|\.)(?:save_pretrained|save_model|save|makedirs|mkdir|export|TrainingArguments|\w*Config|copytree|push_to_hub|merge_and_unload|save_to_disk|convert)$/;

function isWrittenHere(program: Program, text: string): boolean {
  return program.statements.some((statement) => {
    if (!statement.text.includes(text) && !statement.calls.some((call) => WRITES.test(call.name))) return false;
    return statement.calls.some(
      (call) => WRITES.test(call.name) && call.args.some((arg) => textOf(program, statement, arg) === text),
    );
  });
}

const isOffline = (seen: Seen): boolean => seen.word(null, 'local_files_only') === 'True';

const pretrained = ({ word, text, has, call, program }: Seen): string | null => {
  if (hasTorchCache(program) || has('checkpoint_path', 'pretrained_cfg_overlay', 'pretrained_cfg')) return null;
  if (word(null, 'pretrained') === 'True') return 'pretrained=True';
  const weights = argument(call, null, 'weights', 'encoder_weights', 'weights_backbone');
  if (weights === null) return null;
  const name = weights.name ?? 'weights';
  const said = text(null, name);
  if (said !== null) return /[/\\]|\.\w{1,4}$/.test(said) || said === '' ? null : `${name}=${quoted(said)}`;
  const shown = word(null, name) ?? '';
  return /Weights\b/.test(shown) ? `${name}=${shown}` : null;
};

const hub =
  (position: number | null, ...names: string[]) =>
  (seen: Seen): string | null => {
    if (isOffline(seen) || hasHubCache(seen.program)) return null;
    const name = hubName(seen.program, seen.text(position, ...names));
    return name === null ? null : quoted(name);
  };

const always = (): string => '';
const urlAt =
  (...names: string[]) =>
  ({ text }: Seen): string | null => {
    const url = text(0, ...names);
    return isUrl(url) ? quoted(url.replaceAll(UNKNOWN, '…')) : null;
  };

const KERAS_MODEL =
  /^(?:(?:tf\.keras|keras|tensorflow\.keras)\.)?(?:applications\.)?(?:\w+\.)?(?:Xception|VGG1[69]|ResNet(?:50|101|152)(?:V2)?|InceptionV3|InceptionResNetV2|MobileNet(?:V2|V3Small|V3Large)?|DenseNet(?:121|169|201)|NASNet(?:Mobile|Large)|EfficientNet(?:V2)?(?:B[0-7]|[SML])|ConvNeXt(?:Tiny|Small|Base|Large|XLarge))$/;
const KERAS_DATA =
  /\b(?:mnist|fashion_mnist|cifar10|cifar100|imdb|reuters|boston_housing|california_housing)\.load_data$/;
const FILE_BUILDERS =
  /^(?:csv|json|parquet|text|imagefolder|audiofolder|arrow|pandas|generator|webdataset|videofolder)$/;
const VISION_DATA =
  /^(?:(?:torchvision\.)?(?:datasets|dset|dsets)\.)?(?:\w*MNIST|CIFAR10{1,2}|SVHN|STL10|ImageFolder|CelebA|Flowers102|OxfordIIITPet|VOC\w+|Coco\w+|Food101|StanfordCars|Caltech\d+|LSUN|Omniglot|USPS|Places365|GTSRB|Cityscapes|SPEECHCOMMANDS|LIBRISPEECH|YESNO|Planetoid|TUDataset)$/;

const RULES: readonly Rule[] = [
  [/\.from_pretrained$/, hub(0, 'pretrained_model_name_or_path', 'model_name', 'model_id', 'repo_id')],
  [/(?:^|\.)pipeline$/, hub(1, 'model')],
  [
    /(?:^|\.)(?:SentenceTransformer|CrossEncoder|SparseEncoder)$/,
    (seen) => singleHub(seen, 0, 'model_name_or_path', 'model_name'),
  ],
  [/(?:^|\.)(?:SFTTrainer|DPOTrainer|GRPOTrainer|LLM)$/, hub(0, 'model')],
  [/^(?!sns\.|seaborn\.)(?:.*\.)?load_dataset$/, (seen) => datasetName(seen)],
  [/(?:^|\.)(?:snapshot_download|hf_hub_download)$/, (seen) => (isOffline(seen) ? null : '')],
  [/(?:^|\.)push_to_hub$|(?:^|\.)upload_folder$/, always],
  [
    /^evaluate\.load$|(?:^|\.)load_metric$/,
    ({ text }) => (/^[./]/.test(text(0, 'path') ?? '.') ? null : quoted(text(0, 'path') ?? '')),
  ],
  [/^(?:nltk\.download|nltk\.downloader\.download)$/, ({ text }) => nltk(text(0, 'info_or_id'))],
  [
    /^(?:spacy\.cli\.download|stanza\.download|benepar\.download|gensim\.downloader\.load|fasttext\.util\.download_model)$/,
    ({ text }) => (text(0) === 'en_core_web_sm' ? null : quoted(text(0) ?? '')),
  ],
  [/^(?:torch\.)?hub\.load$/, (seen) => torchHub(seen)],
  [/(?:^|\.)load_state_dict_from_url$|(?:^|\.)load_url$/, ({ program }) => (hasTorchCache(program) ? null : '')],
  [
    /(?:^|\.)KerasLayer$/,
    ({ text }) =>
      isUrl(text(0, 'handle')) && !/kaggle\.com\/models/.test(text(0, 'handle') ?? '')
        ? quoted(text(0, 'handle') ?? '')
        : null,
  ],
  [
    /^(?:(?:torchvision\.)?models\.(?:\w+\.)*\w+|timm\.create_model|create_model|smp\.\w+|(?:\w+\.)?create_model_and_transforms|(?:resnet|vgg|densenet|efficientnet|mobilenet|convnext|vit|swin|regnet|inception|googlenet|alexnet|squeezenet|resnext|wide_resnet)\w*|pretrainedmodels\.\w+|torchvision\.models\.\w+|get_model|\w*rcnn_\w+)$/,
    (seen) => pretrained(seen) ?? segmentation(seen),
  ],
  [
    /(?:^|\.)(?:vision_learner|cnn_learner|unet_learner|create_cnn)$/,
    (seen) => (seen.word(null, 'pretrained') === 'False' || hasTorchCache(seen.program) ? null : ''),
  ],
  [KERAS_MODEL, (seen) => kerasWeights(seen)],
  [KERAS_DATA, ({ program }) => (hasKerasCache(program) ? null : '')],
  [/(?:^|\.)get_file$/, ({ text }) => (isUrl(text(1, 'origin')) ? '' : null)],
  [/^(?:tfds|tensorflow_datasets)\.load$/, ({ has, text }) => (has('data_dir') ? null : quoted(text(0, 'name') ?? ''))],
  [VISION_DATA, ({ word }) => (word(null, 'download') === 'True' ? 'download=True' : null)],
  [
    /^(?:\w+\.)*fetch_(?:california_housing|openml|20newsgroups|20newsgroups_vectorized|lfw_people|lfw_pairs|olivetti_faces|covtype|rcv1|kddcup99|species_distributions|ucirepo)$/,
    always,
  ],
  [/^(?:sns|seaborn)\.load_dataset$/, ({ text }) => quoted(text(0, 'name') ?? '')],
  [
    /^(?:requests|httpx)\.(?:get|post|put|head|request)$/,
    ({ text }) => (/localhost|127\.0\.0\.1|0\.0\.0\.0/.test(text(0, 'url') ?? '') ? null : urlShown(text(0, 'url'))),
  ],
  [/^(?:urllib\.request\.|request\.)?(?:urlopen|urlretrieve)$/, ({ text }) => urlShown(text(0, 'url'))],
  [
    /^(?:pd|pandas|pl|polars|cudf|gpd|geopandas)\.read_\w+$|^imageio\.imread$|^io\.imread$/,
    urlAt('filepath_or_buffer', 'io', 'source', 'path_or_buf'),
  ],
  [
    /^(?:wget|gdown)\.(?:download|download_folder|cached_download)$|^gdd\.download_file_from_google_drive$|(?:^|\.)download_file_from_google_drive$/,
    always,
  ],
  [/^(?:yf|yfinance)\.download$|^web\.(?:DataReader|get_data_\w+)$|(?:^|\.)untar_data$/, always],
  [
    /^whisper\.load_model$|(?:^|\.)WhisperModel$/,
    ({ text }) => (/^[\w.-]+$/.test(text(0, 'name') ?? '') ? quoted(text(0, 'name') ?? '') : null),
  ],
  [
    /^(?:ultralytics\.)?(?:YOLO|RTDETR|SAM)$/,
    ({ text, program }) =>
      /^[\w.-]+\.pt$/.test(text(0, 'model') ?? '') && !all(program, /\bcp\b|copy/)
        ? quoted(text(0, 'model') ?? '')
        : null,
  ],
  [/^wandb\.(?:init|login)$/, (seen) => wandb(seen)],
  [
    /(?:^|\.)get_secret$/,
    ({ text, program }) => (program.imported.has('kaggle_secrets') ? quoted(text(0, 'label') ?? '') : null),
  ],
  [
    /^kagglehub\.(?:\w+_upload|login|whoami|utility_script_install)$|^(?:kaggle\.)?api\.(?:authenticate|(?:competition|dataset|model|kernels?)_\w+)$/,
    ({ call, program }) => (call.name.startsWith('kagglehub') || program.imported.has('kaggle') ? '' : null),
  ],
  [/^easyocr\.Reader$/, (seen) => otherLanguages(seen)],
  [
    /^(?:openai\.)?(?:OpenAI|AzureOpenAI)$|^(?:anthropic\.)?Anthropic$|^InferenceClient$|^genai\.configure$|^cohere\.Client$|^Groq$/,
    ({ has }) => (has('base_url', 'api_base') ? null : ''),
  ],
];

function singleHub(seen: Seen, position: number, ...names: string[]): string | null {
  const name = seen.text(position, ...names);
  if (name === null || name.includes(UNKNOWN) || !/^[\w-]+(?:[\w.-]*)(?:\/[\w.-]+)?$/.test(name)) return null;
  return isOffline(seen) || hasHubCache(seen.program) || isWrittenHere(seen.program, name) ? null : quoted(name);
}

function datasetName(seen: Seen): string | null {
  const name = seen.text(0, 'path');
  if (name === null || FILE_BUILDERS.test(name))
    return isUrl(seen.text(null, 'data_files')) ? quoted(name ?? '') : null;
  if (name.includes(UNKNOWN) || !/^[\w-][\w.-]*(?:\/[\w.-]+)?$/.test(name) || /\.(?:py|csv|json|parquet)$/.test(name))
    return null;
  return isWrittenHere(seen.program, name) || hasHubCache(seen.program) ? null : quoted(name);
}

/** Resources of NLTK that came with the image are there, whatever its download says. */
function nltk(resource: string | null): string | null {
  if (resource === null || resource.includes(UNKNOWN)) return null;
  return NLTK.has(resource) ? null : quoted(resource);
}

function torchHub({ text, call, program }: Seen): string | null {
  const what = text(0, 'repo_or_dir', 'handle');
  if (text(null, 'source') === 'local' || what === null || what.includes(UNKNOWN)) return null;
  // tensorflow_hub is `hub` too: an address of kaggle.com is answered by kagglehub.
  if (isUrl(what)) return /kaggle\.com\/models/.test(what) ? null : quoted(what);
  if (!/^[\w.-]+\/[\w.:-]+$/.test(what) || hasTorchCache(program)) return null;
  return call.name.startsWith('torch') || program.imported.has('torch') ? quoted(what) : null;
}

/** Models of segmentation_models_pytorch take ImageNet weights unless they are told not to. */
function segmentation({ call, has, word, program }: Seen): string | null {
  if (
    !/^smp\.(?:Unet|UnetPlusPlus|FPN|Linknet|PSPNet|PAN|DeepLabV3|DeepLabV3Plus|MAnet|Segformer|UPerNet)$/.test(
      call.name,
    )
  )
    return null;
  if (hasTorchCache(program) || hasHubCache(program)) return null;
  return has('encoder_weights') && word(null, 'encoder_weights') !== 'imagenet' ? null : 'encoder_weights="imagenet"';
}

function kerasWeights({ call, text, word, has, program }: Seen): string | null {
  const top = call.name.split('.').at(-1) ?? '';
  if (program.defined.has(top) || hasKerasCache(program)) return null;
  if (!['tensorflow', 'keras', 'tf_keras', 'efficientnet'].some((one) => program.imported.has(one))) return null;
  const said = text(null, 'weights') ?? word(null, 'weights');
  if (!has('weights')) {
    // `**kwargs` may say it.
    return call.args.some((one) => one.name === null) ? null : 'weights="imagenet"';
  }
  return said === 'imagenet' || said === 'noisy-student' ? `weights=${quoted(said)}` : null;
}

function wandb({ text, program, call }: Seen): string | null {
  if (/^(?:offline|disabled|dryrun)$/.test(text(null, 'mode') ?? '')) return null;
  if (all(program, /WANDB_MODE|WANDB_DISABLED|WANDB_SILENT_OFFLINE|wandb\s+(?:offline|off|disabled)/)) return null;
  return call.args.some((one) => one.name === 'mode') ? null : '';
}

/** EasyOCR's latin, english and detection weights are in the image; those of other scripts are not. */
function otherLanguages({ code }: Seen): string | null {
  const other = /['"](ch_sim|ch_tra|ja|ko|ar|fa|ur|ug|hi|mr|ne|bn|as|ru|uk|be|bg|th|ta|te|kn)['"]/.exec(code(0))?.[1];
  return other === undefined ? null : quoted(other);
}

const urlShown = (url: string | null): string => (url === null ? '' : quoted(url.replaceAll(UNKNOWN, '…')));

/** A notebook calls the same few names over and over; a bounded memory of them spares most of the patterns. */
const remembered = new Map<string, Rule | null>();

function ruleOf(name: string): Rule | null {
  const before = remembered.get(name);
  if (before !== undefined) return before;
  const rule = RULES.find(([pattern]) => pattern.test(name)) ?? null;
  if (remembered.size > 2_000) remembered.clear();
  if (name.length < 80) remembered.set(name, rule);
  return rule;
}

/** What a call that needs the network is shown as: `pd.read_csv("https://…")`. Null when it needs none, as far as one can see. */
export function webCall(program: Program, statement: Statement, call: Call): string | null {
  const top = call.name.split('.').at(-1) ?? '';
  if (!call.name.includes('.') && program.defined.has(top)) return null;
  const rule = ruleOf(call.name);
  if (rule === null) return null;
  const find = (position: number | null, names: string[]): Argument | null => argument(call, position, ...names);
  const seen: Seen = {
    call,
    program,
    text: (position, ...names) => textOf(program, statement, find(position, names)),
    word: (position, ...names) => {
      const arg = find(position, names);
      return textOf(program, statement, arg) ?? wordOf(program, statement, arg);
    },
    code: (position) => {
      const arg = find(position, []);
      return arg === null ? '' : statement.text.slice(arg.from, arg.to);
    },
    has: (...names) => call.args.some((one) => one.name !== null && names.includes(one.name)),
  };
  const shown = rule[1](seen);
  return shown === null ? null : `${call.name.replace(/^\./, '')}(${shown})`;
}
