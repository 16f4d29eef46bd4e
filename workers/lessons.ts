// What routes learn from their own traffic, wired: the learners' objects, the isolate's desk, and the shadows that ask.
import { type Config, MICRO, MICRO_PROVIDER } from '../shared/config.ts'
import { learnersAt, openDesk } from './learning/desk.ts'
import { nameOf, type Place } from './learning/label.ts'
import { lessonFor, type Learning, openLearning } from './learning/learning.ts'
import type { LearnerObject } from './learning/object.ts'
import { openShadows, type Serve } from './learning/shadow.ts'
import { readLearned } from './routing/learner.ts'
import type { Lessons } from './routing/planner.ts'
import { noteOf } from './routing/classify.ts'

export interface House {
  readonly learning: Learning
  readonly lessons: Lessons
}

const MICROS: ReadonlySet<string> = new Set([MICRO, `${MICRO_PROVIDER}/${MICRO}`])

export function openLessons(
  config: Config,
  objects: DurableObjectNamespace<LearnerObject>,
  serve: Serve,
  warn: (message: string) => void,
): House {
  const learners = learnersAt((place: Place) => objects.getByName(nameOf(place)))
  const desk = openDesk({ learners, read: readLearned, warn })
  const shadows = openShadows(config.routes ?? {}, serve)
  /** The embedded model has a prior of its own. */
  const weakOf = (route: string): 'micro' | 'other' =>
    config.routes?.[route]?.mini?.every((name) => MICROS.has(name)) === true ? 'micro' : 'other'
  return {
    learning: openLearning({
      desk,
      learners,
      noteOf: (request, route) => noteOf(request, weakOf(route)),
      shadows,
      chance: Math.random,
    }),
    lessons: (route, caller) => lessonFor(desk, route, caller),
  }
}
