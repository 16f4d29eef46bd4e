// The ids that we give to requests: they tell when they were made, so that what is known by time needs no other index. Pure.

const OURS = /^req_([0-9a-z]{8,9})_[0-9a-f]{20}$/

/** `random` is a UUID. */
export const requestIdAt = (at: number, random: string): string =>
  `req_${at.toString(36)}_${random.replaceAll('-', '').slice(-20)}`

/** When an id says that it was made, in milliseconds; undefined where it says nothing. Whoever sent it may have made it up. */
export function timeOfRequestId(id: string): number | undefined {
  const time = OURS.exec(id)?.[1]
  return time === undefined ? undefined : Number.parseInt(time, 36)
}
