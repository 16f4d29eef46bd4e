// Names of answers and of tool calls: invented where a vendor gives none, shortened where a vendor wants its own form. Pure.

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Every completion is called so here; another dialect's own name stays in it. */
export const replyName = (id: string): string => (id.startsWith('chatcmpl') ? id : `chatcmpl-${id}`)

/** For a call that its vendor left without one: the same reply gives the same. OpenAI takes up to 40 characters. */
export function inventId(replyId: string, choice: number, call: number): string {
  const reply = replyId.replaceAll(/[^A-Za-z0-9]/g, '').slice(-20)
  return `call_${reply}_${choice}_${call}`
}

/** The id itself where the vendor takes it, else letters and digits made of it: the same wherever it stands. */
export function fitId(
  id: string,
  form: { readonly pattern: RegExp; readonly chars: number } | undefined,
): string {
  if (form === undefined || form.pattern.test(id)) return id
  let out = ''
  for (let round = 0; out.length < form.chars; round += 1) {
    let value = hash(`${round}${id}`)
    for (let n = 0; n < 5 && out.length < form.chars; n += 1) {
      out += ALPHABET.charAt(value % ALPHABET.length)
      value = Math.floor(value / ALPHABET.length)
    }
  }
  return out
}

/** FNV-1a, 32 bits, stirred at the end so that near texts part: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}
