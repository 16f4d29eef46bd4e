// What operators may ask.
import {
  auditQuery,
  cacheQuery,
  keyQuery,
  learnerQuery,
  priceQuery,
  rebenchQuery,
  requestQuery,
  seriesQuery,
  usageQuery,
} from '../../../workers/admin/schema.ts'
import type { Body, Operation, Reply } from '../operation.ts'

const base = { tag: 'Operator', access: 'admin', errors: 'openai' } as const

const reply = (description: string, json: string): Readonly<Record<number, Reply>> => ({
  200: { description, json },
})

const key: Body = {
  schema: 'NewKey',
  examples: {
    team: {
      summary: 'Five dollars a day, 600 requests a minute',
      value: { name: 'web team', budgets: [{ usd: 5, window: 'day' }], rpm: 600 },
    },
    publishable: {
      summary: 'For browsers on one site',
      value: {
        name: 'website',
        origins: ['https://example.com'],
        routes: ['auto'],
        conversationBudget: { usd: 0.05 },
      },
    },
  },
}

const session: readonly Operation[] = [
  {
    ...base,
    id: 'readSession',
    method: 'get',
    path: '/admin/session',
    summary: 'Is this browser signed in?',
    access: 'nobody',
    replies: reply('Whether it is, and until when.', 'Session'),
  },
  {
    ...base,
    id: 'openSession',
    method: 'post',
    path: '/admin/session',
    summary: 'Sign a browser in',
    description:
      'Of a page of this address alone, where the cookie, HttpOnly, counts as well. Programs send the admin key instead. After ten wrong keys an address waits: 429 with `retry-after`.',
    access: 'nobody',
    body: {
      schema: 'NewSession',
      examples: { local: { summary: 'On this machine', value: { key: 'mk-admin-local' } } },
    },
    replies: { 201: { description: 'Signed in.', json: 'Session' } },
  },
  {
    ...base,
    id: 'closeSession',
    method: 'delete',
    path: '/admin/session',
    summary: 'Sign out',
    access: 'nobody',
    replies: reply('Signed out.', 'Session'),
  },
]

const keys: readonly Operation[] = [
  {
    ...base,
    id: 'createKey',
    method: 'post',
    path: '/admin/keys',
    summary: 'Make a key',
    body: key,
    replies: { 201: { description: 'The key, shown this once.', json: 'MadeKey' } },
  },
  {
    ...base,
    id: 'listKeys',
    method: 'get',
    path: '/admin/keys',
    summary: 'All keys',
    query: keyQuery,
    replies: reply('Keys without their secrets.', 'Keys'),
  },
  {
    ...base,
    id: 'readKey',
    method: 'get',
    path: '/admin/keys/{id}',
    summary: 'A key and what is left of its budgets',
    replies: reply('The key.', 'Key'),
  },
  {
    ...base,
    id: 'changeKey',
    method: 'patch',
    path: '/admin/keys/{id}',
    summary: 'Change a key',
    description: 'Only what is named changes; `null` takes it away. Other isolates know within ten seconds.',
    body: {
      schema: 'ChangedKey',
      examples: { more: { summary: 'Ten dollars a day', value: { budgets: [{ usd: 10, window: 'day' }] } } },
    },
    replies: reply('The key.', 'Key'),
  },
  {
    ...base,
    id: 'revokeKey',
    method: 'delete',
    path: '/admin/keys/{id}',
    summary: 'Revoke a key',
    replies: reply('The key, with `revokedAt`.', 'Key'),
  },
]

const projects: readonly Operation[] = [
  {
    ...base,
    id: 'createProject',
    method: 'post',
    path: '/admin/projects',
    summary: 'Make a project, whose budgets its keys share',
    body: {
      schema: 'NewProject',
      examples: {
        shop: {
          summary: 'A hundred dollars a month',
          value: { name: 'shop', budgets: [{ usd: 100, window: 'month' }] },
        },
      },
    },
    replies: { 201: { description: 'The project.', json: 'Project' } },
  },
  {
    ...base,
    id: 'listProjects',
    method: 'get',
    path: '/admin/projects',
    summary: 'All projects',
    replies: reply('Projects.', 'Projects'),
  },
  {
    ...base,
    id: 'readProject',
    method: 'get',
    path: '/admin/projects/{id}',
    summary: 'A project, its keys, and what is left of its budgets',
    replies: reply('The project.', 'Project'),
  },
  {
    ...base,
    id: 'changeProject',
    method: 'patch',
    path: '/admin/projects/{id}',
    summary: 'Change a project',
    body: {
      schema: 'ChangedProject',
      examples: { faster: { summary: 'More requests a minute', value: { rpm: 6000 } } },
    },
    replies: reply('The project.', 'Project'),
  },
  {
    ...base,
    id: 'removeProject',
    method: 'delete',
    path: '/admin/projects/{id}',
    summary: 'Remove a project that has no keys',
    replies: reply('It is gone.', 'RemovedProject'),
  },
]

const telemetry: readonly Operation[] = [
  {
    ...base,
    id: 'listRequests',
    method: 'get',
    path: '/admin/requests',
    summary: 'Recent requests, newest first',
    query: requestQuery,
    replies: reply('Their rows.', 'Outcomes'),
  },
  {
    ...base,
    id: 'readRequest',
    method: 'get',
    path: '/admin/requests/{id}',
    summary: 'One of them, with what was said where its key has that kept',
    replies: reply('Its row.', 'Outcome'),
  },
  {
    ...base,
    id: 'readUsage',
    method: 'get',
    path: '/admin/usage',
    summary: 'Requests, tokens, cost, failures, times: by model, key, route or day',
    query: usageQuery,
    replies: reply('The last thirty days unless asked otherwise.', 'Usage'),
  },
  {
    ...base,
    id: 'listHealth',
    method: 'get',
    path: '/admin/health',
    summary: 'How every target is doing',
    replies: reply('Targets.', 'Targets'),
  },
  {
    ...base,
    id: 'readMetrics',
    method: 'get',
    path: '/admin/metrics',
    summary: 'Numbers for Prometheus',
    replies: { 200: { description: 'In its text format.', media: ['text/plain'] } },
  },
  {
    ...base,
    id: 'listAudit',
    method: 'get',
    path: '/admin/audit',
    summary: 'Who changed what, newest first',
    query: auditQuery,
    replies: reply('Changes.', 'Audit'),
  },
  {
    ...base,
    id: 'listRoutes',
    method: 'get',
    path: '/admin/routes',
    summary: 'What routes have learned',
    query: learnerQuery,
    replies: reply('By route and tenant.', 'Learners'),
  },
]

const charts: readonly Operation[] = [
  {
    ...base,
    id: 'readSeries',
    method: 'get',
    path: '/admin/series',
    summary: 'Usage over time, window by window',
    query: seriesQuery,
    replies: reply('One list a figure.', 'Series'),
  },
  {
    ...base,
    id: 'listConfigured',
    method: 'get',
    path: '/admin/models',
    summary: 'Models as configured: where each is, and what it costs there',
    replies: reply('Models.', 'ConfiguredModels'),
  },
  {
    ...base,
    id: 'readWhatIf',
    method: 'get',
    path: '/admin/routes/{route}/what-if',
    summary: "What a route's last requests would have cost at other shares of strong calls",
    replies: reply('A point each twentieth.', 'WhatIf'),
  },
]

const rest: readonly Operation[] = [
  {
    ...base,
    id: 'listPrices',
    method: 'get',
    path: '/admin/prices',
    summary: 'The price book',
    query: priceQuery,
    replies: reply('Prices with their dates.', 'Prices'),
  },
  {
    ...base,
    id: 'addPrice',
    method: 'put',
    path: '/admin/prices',
    summary: 'A new price from now, or from a later time',
    description: 'Old receipts keep their price.',
    body: {
      schema: 'NewPrice',
      examples: {
        free: { summary: 'A model of your own', value: { model: 'ollama/llama3.1:8b', input: 0, output: 0 } },
      },
    },
    replies: reply('The price.', 'Price'),
  },
  {
    ...base,
    id: 'readCache',
    method: 'get',
    path: '/admin/cache',
    summary: "What is kept of a tenant's answers, to be given again",
    query: cacheQuery.omit({ route: true }),
    replies: reply('How many, and what they saved.', 'CacheState'),
  },
  {
    ...base,
    id: 'purgeCache',
    method: 'delete',
    path: '/admin/cache',
    summary: 'Forget them',
    query: cacheQuery,
    replies: reply('How many went.', 'CachePurged'),
  },
  {
    ...base,
    id: 'beginRebench',
    method: 'post',
    path: '/admin/rebench',
    summary: 'Measure the models now',
    body: {
      schema: 'NewRebench',
      isOptional: true,
      examples: {
        short: {
          summary: 'A few tasks for the embedded model',
          value: { models: ['micro'], tasks: 4, latency: 1, bursts: 0, context: false },
        },
      },
    },
    replies: { 202: { description: 'It is on its way.', json: 'RebenchRun' } },
  },
  {
    ...base,
    id: 'readRebench',
    method: 'get',
    path: '/admin/rebench',
    summary: "The last results, or one model's history",
    query: rebenchQuery,
    replies: { 200: { description: 'Results.', json: 'Rebench', media: ['text/markdown'] } },
  },
]

export const admin: readonly Operation[] = [
  ...session,
  ...keys,
  ...projects,
  ...telemetry,
  ...charts,
  ...rest,
]
