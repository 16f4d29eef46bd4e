// The id of a request: the client's own if it sent a sane one, else ours.

const SANE = /^[A-Za-z0-9._:-]{1,128}$/

export function requestIdOf(headers: Headers): string {
  const sent = headers.get('x-request-id')
  return sent !== null && SANE.test(sent) ? sent : `req_${crypto.randomUUID().replaceAll('-', '')}`
}
