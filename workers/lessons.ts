// What routes learn from their own traffic, wired: the learners' objects, the isolate's desk, and the shadows that ask.
import { type Config, MICRO, MICRO_PROVIDER } from '../shared/config.ts'
import { learnersAt, openDesk } from './learning/desk.ts'
import { nameOf, type Place } from './learning/label.ts'
import { lessonFor, type Learning, openLearning, tenantOf } from './learning/learning.ts'
import type { LearnerObject } from './learning/object.ts'
import { openShadows, type Serve } from './learning/shadow.ts'
import { lookOf } from './routing/answer.ts'
import { type LookLessons, type Looks, openLooks } from './routing/looks.ts'
import { readMind } from './routing/mind.ts'
import type { Lessons } from './routing/planner.ts'
import { type Manner, noteOf } from './routing/classify.ts'

export interface House {
  readonly learning: Learning
  readonly lessons: Lessons
  readonly looks: Looks
}

const MICROS: ReadonlySet<string> = new Set([MICRO, `${MICRO_PROVIDER}/${MICRO}`])

export function openLessons(
  config: Config,
  objects: DurableObjectNamespace<LearnerObject>,
  serve: Serve,
  warn: (message: string) => void,
): House {
  const learners = learnersAt((place: Place) => objects.getByName(nameOf(place)))
  const desk = openDesk({ learners, read: readMind, warn })
  const shadows = openShadows(config.routes ?? {}, serve)
  /** Of answers, nobody's but the tenant's own traffic teaches. */
  const lookFor: LookLessons = (route, caller) => desk.known({ route, tenant: tenantOf(caller) })?.look
  /** The embedded model has a prior of its own. */
  const mannerOf = (route: string): Manner => {
    const { mini, guarded = true } = config.routes?.[route] ?? {}
    const isMicro = mini?.every((name) => MICROS.has(name)) === true
    return { weak: isMicro ? 'micro' : 'other', isGuarded: guarded }
  }
  return {
    learning: openLearning({
      desk,
      learners,
      noteOf: (request, route) => noteOf(request, mannerOf(route)),
      lookOf,
      shadows,
      chance: Math.random,
    }),
    lessons: (route, caller) => {
      const learned = lessonFor(desk, route, caller)
      return learned && { ...learned, look: lookFor(route, caller) }
    },
    looks: openLooks(lookFor),
  }
}
