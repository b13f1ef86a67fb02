import type { Message } from '../domain/message.ts';

type Loose = Readonly<Record<string, unknown>> | null | undefined;

/**
 * Is this what a signal may carry: "look", or a stored callback? What else comes is dropped, never thrown at.
 * Its cause must be its own, or it could pass for the cause of something that is still to come.
 */
export function isObservation(message: unknown): message is Message {
  const fact = factOf(message);
  const own = fact?.['kind'] === 'callback' ? fact['callback'] : fact?.['kind'];
  const isKnown = fact?.['kind'] === 'attend' || fact?.['kind'] === 'callback';
  return isKnown && own === (message as Message).cause;
}

/** Is this a command as the update carries it? Shape only: what the state allows, the reducer says. */
export function isCommand(message: unknown): message is Message {
  const fact = factOf(message);
  return fact?.['kind'] === 'command' && isText((fact['command'] as Loose)?.['name']);
}

function factOf(message: unknown): Loose {
  const { cause, fact } = (message ?? {}) as Record<'cause' | 'fact', unknown>;
  return isText(cause) ? (fact as Loose) : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
