// What axe-core has against a page as it stands.
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** A line for each element that breaks a rule, or one of `rules`; `what` says in which state the page was. */
export async function violations(
  page: Page,
  what?: string,
  rules?: readonly string[],
): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const found = await page.evaluate(
    (only) =>
      (Reflect.get(window, 'axe') as { run(options: object): Promise<AxeResults> }).run({
        resultTypes: ['violations'],
        ...(only === undefined ? {} : { runOnly: only }),
      }),
    rules,
  )
  const state = what === undefined ? '' : `${what}: `
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${state}${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}
