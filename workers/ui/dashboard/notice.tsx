// What stands where nothing can be shown: not yet, not at all, or nothing there.
import type { ComponentChildren, JSX } from 'preact'
import type { Loaded } from './load.ts'

export const Waiting = ({ what }: { readonly what: string }): JSX.Element => (
  <div class="waiting" role="status">
    <span class="hidden">Loading {what}</span>
    <span class="pulse" aria-hidden="true" />
    <span class="pulse" aria-hidden="true" />
    <span class="pulse" aria-hidden="true" />
  </div>
)

interface FailedProps {
  readonly message: string
  readonly retry?: () => void
}

export const Trouble = ({ message, retry }: FailedProps): JSX.Element => (
  <div class="trouble" role="alert">
    <p>{message}</p>
    {retry !== undefined && (
      <button type="button" class="quiet" onClick={retry}>
        Try again
      </button>
    )}
  </div>
)

export const Nothing = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <div class="nothing">{children}</div>
)

interface ShownProps<T> {
  readonly of: readonly [Loaded<T>, () => void]
  readonly what: string
  readonly children: (value: T) => ComponentChildren
}

/** An answer in all its states. */
export function Shown<T>({ of: [loaded, reload], what, children }: ShownProps<T>): JSX.Element {
  switch (loaded.state) {
    case 'loading':
      return <Waiting what={what} />
    case 'failed':
      return <Trouble message={loaded.message} retry={reload} />
    case 'ready':
      return (
        <>
          {loaded.trouble !== undefined && (
            <Trouble message={`These figures are old: ${loaded.trouble}`} retry={reload} />
          )}
          {children(loaded.value)}
        </>
      )
  }
}
