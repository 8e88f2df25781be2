/** A Kaggle token as kaggle.com shows it, anywhere in a text, also in other cases or with a few characters missing. */
const TOKEN = /KGAT_[A-Za-z0-9_-]{8,}/i;
/** The content of a legacy `kaggle.json`. */
const LEGACY = /"key"\s*:\s*"[0-9a-f]{32}"/i;

/** Whether a person wrote a Kaggle credential where it does not belong. */
export const hasToken = (text: string): boolean => TOKEN.test(text) || LEGACY.test(text);
