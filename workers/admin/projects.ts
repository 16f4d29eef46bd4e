// Projects for operators: budgets that several keys share. Made, listed, read with their balances, changed, removed.
import { Failed } from '../../shared/failure.ts'
import type { StoredProject } from '../keys/projects.ts'
import { type Actor, type KeyDesk, newId, shownTime } from './desk.ts'
import { budgetsOf, changedBudgets, shownBalances, shownLimits } from './limits.ts'
import { changedProject, checked, newProject } from './schema.ts'

type Shown = Record<string, unknown>

export async function createProject(desk: KeyDesk, body: unknown, actor: Actor): Promise<Shown> {
  const asked = checked(newProject, body)
  const project = { id: newId('proj'), name: asked.name, budgets: budgetsOf(asked), createdAt: desk.now() }
  const change = {
    at: desk.now(),
    actor,
    action: 'project.create',
    target: project.id,
    after: shown(project),
  }
  await desk.projects.insert(project, change)
  return shown(project)
}

export const listProjects = async (desk: KeyDesk): Promise<Shown[]> => (await desk.projects.list()).map(shown)

export async function readProject(desk: KeyDesk, id: string): Promise<Shown> {
  const project = await findProject(desk, id)
  const [balances, keys] = await Promise.all([
    desk.balances(project.id, project.budgets),
    desk.store.list(project.id),
  ])
  const own = keys.map(({ id: key, name, prefix, revokedAt }) => ({
    id: key,
    name,
    prefix,
    revokedAt: shownTime(revokedAt),
  }))
  return { ...shown(project), ...shownBalances(balances), keys: own }
}

export async function changeProject(desk: KeyDesk, id: string, body: unknown, actor: Actor): Promise<Shown> {
  const project = await findProject(desk, id)
  const asked = checked(changedProject, body)
  const next: StoredProject = {
    ...project,
    ...(asked.name === undefined ? {} : { name: asked.name }),
    budgets: changedBudgets(project.budgets, asked),
  }
  const change = {
    at: desk.now(),
    actor,
    action: 'project.change',
    target: id,
    before: shown(project),
    after: shown(next),
  }
  await desk.projects.update(next, change)
  desk.changed()
  return shown(next)
}

export async function removeProject(desk: KeyDesk, id: string, actor: Actor): Promise<Shown> {
  const project = await findProject(desk, id)
  const change = { at: desk.now(), actor, action: 'project.delete', target: id, before: shown(project) }
  if (!(await desk.projects.remove(id, change))) {
    const message = `The project '${id}' still has keys. Revoke them or move them to another project first; GET /admin/projects/${id} lists them.`
    throw new Failed({ kind: 'conflict', message, code: 'project_has_keys' })
  }
  return { id, object: 'project', deleted: true }
}

/** Throws `not-found`, or where a request names it in a field, `invalid-request` with that. */
export async function findProject(desk: KeyDesk, id: string, param?: string): Promise<StoredProject> {
  const project = await desk.projects.find(id)
  if (project !== undefined) return project
  const message = `There is no project '${id}'. GET /admin/projects lists them.`
  throw new Failed(
    param === undefined
      ? { kind: 'not-found', message, code: 'project_not_found' }
      : { kind: 'invalid-request', message, param, code: 'project_not_found' },
  )
}

const shown = (project: StoredProject): Shown => ({
  id: project.id,
  name: project.name,
  ...shownLimits(project.budgets),
  createdAt: shownTime(project.createdAt),
})
