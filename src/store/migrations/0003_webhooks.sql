-- Up Migration

-- 244 random bits, as Standard Webhooks writes a secret.
create function draw_webhook_secret() returns text language sql volatile as $$
  select 'whsec_' || encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64')
$$;

-- Signs what goes to the `notify_url` of the app's payments.
alter table apps add column webhook_secret text not null default draw_webhook_secret();

create table webhook_endpoints (
  id text primary key,
  app_id text not null references apps,
  livemode boolean not null,
  url text not null,
  events text[] not null, -- patterns: '*', 'payment.*', 'payment.succeeded'
  description text,
  secret text not null default draw_webhook_secret(),
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  cause text, -- of the idempotency key that made it, if there was one
  created_at timestamptz not null default clock_now()
);
create index webhook_endpoints_newest on webhook_endpoints (app_id, created_at desc, id desc);

-- An event on its way to one target. A round is the ladder from its beginning: the first one, or a redelivery.
create table deliveries (
  id text primary key,
  event_id text not null references events,
  endpoint text not null, -- 'whe_…', which may be gone, or 'notify_url': the one of the event's payment
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'canceled')),
  round integer not null default 1,
  began_at timestamptz not null default clock_now(),
  tries integer not null default 0, -- of this round
  attempts integer not null default 0, -- of all rounds
  last_status_code integer,
  last_try_at timestamptz,
  next_try_at timestamptz default clock_now(),
  attend_at timestamptz default clock_now() + interval '60 s', -- when somebody must look if nobody tried
  created_at timestamptz not null default clock_now(),
  unique (event_id, endpoint)
);
create index deliveries_attend on deliveries (attend_at) where attend_at is not null;
create index deliveries_pending on deliveries (endpoint) where status = 'pending';

-- Events are listed per app.
create index events_newest_of_app on events (app_id, created_at desc, id desc);
drop index events_newest;
