/** A request that cannot be carried out, with its HTTP status. The words go to the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: 400 | 404 | 405 | 409, message: string) {
    super(`${message} SubCode=${status}00.`);
    this.status = status;
  }
}

export const notFound = (path: string): Refusal =>
  new Refusal(404, `The messaging entity '${path}' could not be found.`);
export const alreadyExists = (path: string): Refusal =>
  new Refusal(409, `The messaging entity '${path}' already exists.`);
