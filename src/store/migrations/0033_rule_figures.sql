-- Up Migration

-- What a rule has sent where: figures of a version's arms are counted by it (decision 0049).
create index attempts_rule on attempts ((routing->>'rule'), created_at) where routing->>'rule' is not null;
