// What a page shows of one answer: while it is awaited, once it is there, and when it could not be had. What was there
// stays while it is asked for again, so that nothing flickers; what answered another question does not.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { call } from './call.ts'

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  /** `trouble`: it could not be renewed. */
  | { readonly state: 'ready'; readonly value: T; readonly trouble?: string }

interface Held<T> {
  readonly path: string | undefined
  readonly answer: Loaded<T>
}

const LOADING = { state: 'loading' } as const

/** Asked again every so often while the page can be seen. `undefined` asks for nothing. */
export function useAnswer<T>(path: string | undefined, everyMs?: number): readonly [Loaded<T>, () => void] {
  const [held, setHeld] = useState<Held<T>>({ path, answer: LOADING })
  const newest = useRef(0)
  const isAsking = useRef(false)

  const load = useCallback(async () => {
    if (path === undefined) return
    newest.current += 1
    const mine = newest.current
    isAsking.current = true
    const found = await call<T>(path)
    if (mine !== newest.current) return // an older question, answered late
    isAsking.current = false
    setHeld((before) => {
      if (found.ok) return { path, answer: { state: 'ready', value: found.value } }
      return before.path === path && before.answer.state === 'ready'
        ? { path, answer: { ...before.answer, trouble: found.message } }
        : { path, answer: { state: 'failed', message: found.message } }
    })
  }, [path])

  useEffect(() => {
    void load()
    if (everyMs === undefined) return undefined
    const timer = setInterval(() => {
      // A gateway that takes longer than this is not asked faster than it answers.
      if (document.visibilityState === 'visible' && !isAsking.current) void load()
    }, everyMs)
    return () => clearInterval(timer)
  }, [load, everyMs])

  useEffect(
    () => () => {
      newest.current += 1 // what comes after the page has gone is nobody's
    },
    [],
  )
  return [held.path === path ? held.answer : LOADING, () => void load()]
}
