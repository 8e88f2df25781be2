const HIDDEN = '[hidden]';

/**
 * What never belongs into a channel, even if a notebook prints it. Every pattern is linear in the text. `$1` is what stays.
 * Sources: kaggle-api.md 2 (KGAT_ tokens, 32-hex keys), 6.2 (signed addresses); the token forms the vendors document.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/KGAT_[A-Za-z0-9_-]+/g, HIDDEN],
  // kaggle.json, KAGGLE_KEY=…, "key": "…"
  [/(key["']?\s{0,4}[=:]\s{0,4}["']?)[0-9a-f]{32}(?![0-9a-f])/gi, `$1${HIDDEN}`],
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
    /\b(?:hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|sk-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}|xox[abp]-[A-Za-z0-9-]{10,})/g,
    HIDDEN,
  ],
  // A JSON web token, as in KAGGLE_USER_SECRETS_TOKEN.
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, HIDDEN],
  // NAME_TOKEN=…, 'API_KEY': '…' as a printed environment shows them; short and wordy values are no secrets.
  [
    /(\b[A-Za-z0-9_]{0,60}(?:TOKEN|SECRET|PASSWORD|API_?KEY)["']?\s{0,4}[=:]\s{0,4}["']?)(?=[A-Za-z_+/=.-]{0,60}\d)[A-Za-z0-9_+/=.-]{20,}/gi,
    `$1${HIDDEN}`,
  ],
];

/** A word of every pattern above: a line without any of them is left as it is after one look. */
const SUSPICIOUS =
  /KGAT_|key|username|authorization|bearer|X-Goog-|X-Amz-|signature|GoogleAccessId|hf_|gh[pousr]_|github_pat_|sk-|AKIA|xox|eyJ|token|secret|password/i;

/** The text without anything that looks like a credential. Takes one line or many; the rest of the text is untouched. */
export function redact(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}
