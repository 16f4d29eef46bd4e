// Whether a model says that it cannot answer, or does not know. Pure.

/** Whoever goes on for longer than this after an apology has something to say after all. */
const LONGEST = 600

const SORRY = String.raw`(?:(?:i(?:'m| am)|we(?:'re| are))\s+(?:\w+\s+)?(?:sorry|afraid)|sorry|apologies|my apologies|unfortunately)[,.:;!]?\s*(?:but\s+|that\s+)?`
const WHO = String.raw`(?:as an? (?:ai|language model|ai language model|ai assistant)[^,.]*,\s*)?(?:i|we)`
const CANNOT = String.raw`(?:cannot|can't|can not|could not|couldn't|am unable to|'m unable to|are unable to|am not able to|'m not able to|won't be able to|will not be able to|won't|will not|must decline to)`
const WHAT = String.raw`(?:help|assist|answer|provide|do that|do this|comply|fulfil|fulfill|complete|continue|generate|create|give|offer|access|browse|determine|tell|discuss|engage|support|say|verify|confirm)`
const UNKNOWN = String.raw`(?:(?:do not|don't) (?:know|have (?:any |enough |access|the (?:information|answer)|information|real-time))|(?:'m| am) not (?:sure|certain|aware)\b)`

const REFUSAL = new RegExp(
  String.raw`^(?:${SORRY})?${WHO}\s*(?:${CANNOT}\s+(?:\w+\s+)?${WHAT}\b|${UNKNOWN})`,
  'i',
)
const DECLINED =
  /^(?:as an? (?:ai|language model)|i must decline|i have to decline|sorry[,.]? (?:but )?(?:i|that|this) (?:can't|cannot|is not|isn't))/i

export function isRefusal(text: string): boolean {
  const bare = text
    .trim()
    .replaceAll('’', "'")
    .replace(/^[*_>\s"']+/, '')
  if (bare.length > LONGEST) return false
  if (
    /\bhowever\b|\bbut here\b|\bhere(?:'s| is| are)\b|\binstead\b/i.test(bare.slice(0, LONGEST)) &&
    bare.length > 200
  )
    return false
  return REFUSAL.test(bare) || DECLINED.test(bare)
}
