/**
 * A mistake or a mishap a person can do something about. Its text is shown to them word for word, so it names the thing,
 * the reason and what to do next: `title` becomes the bold sentence, `advice` stands behind it.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly title: string;
  readonly advice: string;

  constructor(title: string, advice = '') {
    super(advice === '' ? title : `${title} ${advice}`);
    this.title = title;
    this.advice = advice;
  }
}
