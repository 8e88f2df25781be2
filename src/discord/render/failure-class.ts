/** How the classes that are not the notebook's fault are recognised by their words. */

/** Shown in place of `failed: {class}` when Kaggle failed, not the notebook. */
export const AT_KAGGLE = 'failed at Kaggle, not in your code';

/** Whether the class says that Kaggle failed. `class` of a Failure; null when it is not known. */
export const isAtKaggle = (named: string | null): boolean => named !== null && /\bat kaggle\b/i.test(named);

/** Whether the check before the first cell ended the run. */
export const endedEarly = (named: string | null): boolean => named === 'no working GPU';
