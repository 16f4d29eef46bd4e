// What was said in one request, for keys that want it kept: who said what, one under the other. It is shown as text, whatever
// it holds.
import type { JSX } from 'preact'
import { turnsIn } from './spoken.ts'

export function Said({ text }: { readonly text: unknown }): JSX.Element | null {
  if (text === null || text === undefined) return null
  const turns = turnsIn(text)
  return (
    <section aria-labelledby="said">
      <h2 id="said">What was said</h2>
      {turns === undefined ? (
        <pre class="said said-raw" tabIndex={0}>
          {typeof text === 'string' ? text : JSON.stringify(text, null, 2)}
        </pre>
      ) : (
        <div class="said" tabIndex={0} role="region" aria-labelledby="said">
          <dl>
            {turns.map(({ who, text }, place) => (
              <div key={place} class="said-turn">
                <dt>{who}</dt>
                <dd dir="auto">{text === '' ? <span class="faint">no text</span> : text}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </section>
  )
}
