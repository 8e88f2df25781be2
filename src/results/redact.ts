const HIDDEN = '[hidden]';

/**
 * What never belongs into a channel, even if a notebook prints it. Every pattern is linear in the text. `$1` is what stays.
 * Sources: Kaggle's own client (KGAT_ tokens, 32-hex keys, signed addresses); the token forms the vendors document.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/KGAT_[A-Za-z0-9_-]+/g, HIDDEN],
  // kaggle.json, KAGGLE_KEY=…, "key": "…"; the cache_key of a file is none.
  [/(?<![A-Za-z0-9_])((?:kaggle_|api_?)?key["']?\s{0,4}[=:]\s{0,4}["']?)[0-9a-f]{32}(?![0-9a-f])/gi, `$1${HIDDEN}`],
  [/(["']username["'][^\n]{0,120}?["'])[0-9a-f]{32}(?=["'])/gi, `$1${HIDDEN}`],
  [
    /((?:authorization|proxy-authorization)["']?\s{0,4}[=:]\s{0,4}["']?(?:bearer|basic|token|bot)?\s{0,4})[A-Za-z0-9+/=._~-]{8,}/gi,
    `$1${HIDDEN}`,
  ],
  [/(\bbearer\s{1,4})[A-Za-z0-9+/=._~-]{16,}/gi, `$1${HIDDEN}`],
  [
    /((?:X-Goog-Signature|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Credential|Signature|GoogleAccessId)=)[^&\s"'<>]+/gi,
    `$1${HIDDEN}`,
  ],
  [
    /\b(?:hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|sk-[A-Za-z0-9_-]{20,}|A[KS]IA[0-9A-Z]{16}|xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}|glpat-[A-Za-z0-9_-]{18,}|npm_[A-Za-z0-9]{30,}|[sr]k_live_[A-Za-z0-9]{20,})/g,
    HIDDEN,
  ],
  // A Discord bot's token: an id in base 64, a time, a signature.
  [/\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,45}/g, HIDDEN],
  // Whoever has such an address may post.
  [/((?:discord(?:app)?\.com\/api\/webhooks|hooks\.slack\.com\/services)\/)[A-Za-z0-9_/-]{10,200}/gi, `$1${HIDDEN}`],
  // https://name:password@host and https://token@host
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/@"'<>]{1,200}(?=@)/gi, `$1${HIDDEN}`],
  [/(\bhttps?:\/\/)[A-Za-z0-9_-]{20,200}(?=@)/gi, `$1${HIDDEN}`],
  // Weights & Biases: `wandb login …`, and the password of its .netrc.
  [/((?:\bwandb\b[^\n]{0,40}|\bpassword\s{1,4}))(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/gi, `$1${HIDDEN}`],
  [/(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)(?:(?!-----END)[^\n]){1,8000}/g, `$1${HIDDEN}`],
  // A JSON web token, as in KAGGLE_USER_SECRETS_TOKEN.
  [/(?<![\w-])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, HIDDEN],
  // NAME_TOKEN=…, 'API_KEY': '…' as a printed environment shows them; short and wordy values are no secrets.
  [
    /(\b[A-Za-z0-9_]{0,60}(?:TOKEN|SECRET|PASSWORD|API_?KEY|ACCESS_?KEY|SECRET_?KEY|ACCOUNT_?KEY)["']?\s{0,4}[=:]\s{0,4}["']?)(?=[A-Za-z_+/=.-]{0,60}\d)[A-Za-z0-9_+/=.-]{20,}/gi,
    `$1${HIDDEN}`,
  ],
];

/** A word of every pattern above: a line without any of them is left as it is after one look. */
const SUSPICIOUS =
  /KGAT_|key|username|authorization|bearer|X-Goog-|X-Amz-|signature|GoogleAccessId|hf_|gh[pousr]_|github_pat_|sk-|AKIA|xox|ASIA|eyJ|token|secret|password|access_?key|account_?key|AIza|glpat-|npm_|k_live_|webhooks|hooks\.slack|@|wandb|-----BEGIN|\b[MNO][\w-]{23,27}\.[\w-]{6}\./i;

/** The text without anything that looks like a credential. Takes one line or many; the rest of the text is untouched. */
export function redact(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

/** The beginning of a token whose rest may stand on the next line, or is not written yet. */
const BEGUN =
  /(?:KGAT_[A-Za-z0-9_-]{0,31}|hf_[A-Za-z0-9]{4,19}|gh[pousr]_[A-Za-z0-9]{4,29}|github_pat_[A-Za-z0-9_]{0,29}|sk-[A-Za-z0-9_-]{8,19}|A[KS]IA[0-9A-Z]{4,15}|xox[abeoprs]-[A-Za-z0-9-]{2,9}|AIza[A-Za-z0-9_-]{4,29}|\b[MNO][\w-]{23,27}\.[\w-]{0,6}(?:\.[\w-]{0,26})?|(?<![\w-])eyJ[A-Za-z0-9_-]{10,2000}(?:\.[A-Za-z0-9_-]{0,2000})?)$/;
const REST = /^(\s{0,12}["']?)(?=[A-Za-z_+/=.-]{0,40}\d)[A-Za-z0-9_+/=.-]{6,}/;
const KEY_BODY = /^[\sA-Za-z0-9+/=\\"',:-]{0,200}$/;
/** A private key has at most so many lines; what looks like one for longer is something else. */
const KEY_LINES = 120;

/** Takes the lines of one stream in order, and hides also what begins on one line and goes on on the next. */
export class LineRedaction {
  #isBegun = false;
  #keyLines = 0;

  /** The whole line without credentials. */
  line(text: string): string {
    if (this.#keyLines > 0 && this.#isOfKey(text)) return HIDDEN;
    const rest = this.#isBegun ? text.replace(REST, `$1${HIDDEN}`) : text;
    this.#isBegun = BEGUN.test(rest);
    if (/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/.test(text) && !text.includes('-----END')) this.#keyLines = KEY_LINES;
    return redact(rest.replace(BEGUN, HIDDEN));
  }

  /** A line that is still being written. */
  open(text: string): string {
    if (this.#keyLines > 0 && KEY_BODY.test(text)) return HIDDEN;
    const rest = this.#isBegun ? text.replace(REST, `$1${HIDDEN}`) : text;
    return redact(rest.replace(BEGUN, HIDDEN));
  }

  #isOfKey(text: string): boolean {
    this.#keyLines -= 1;
    if (!KEY_BODY.test(text)) {
      this.#keyLines = 0;
      return false;
    }
    if (text.includes('-----END')) this.#keyLines = 0;
    return true;
  }
}
