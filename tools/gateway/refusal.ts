// The one error a person is meant to read: a sentence that says what was wrong, where, and what to do.
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
