-- The database refuses on its own: a clinical task is not completed without a signed decision, and a signed decision needs
-- a license that carries it. Installed by the owner; the roles of web and worker can neither change nor disable it.
-- Every function pins its search_path with pg_temp last (a temporary table would shadow the register otherwise) and runs
-- with the caller's rights. VOLATILE on purpose: each query inside sees what was committed before it began, so that
-- after the practitioner's row is locked a revocation that won is seen.

-- The lock of a signature: FOR SHARE needs the right to update one column.
grant update (register_version) on practitioner to countersign_app;

-- The day it is in a state; of two zones the one whose midnight comes first. The same list as mso/data/states.csv.
create or replace function state_day(_state text, _at timestamptz) returns date
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select (_at at time zone case
        when _state in ('AK')
            then 'America/Anchorage'
        when _state in ('AL', 'AR', 'IA', 'IL', 'KS', 'LA', 'MN', 'MO', 'MS', 'ND', 'NE', 'OK', 'SD', 'TX', 'WI')
            then 'America/Chicago'
        when _state in ('AZ', 'CO', 'ID', 'MT', 'NM', 'NV', 'OR', 'UT', 'WY')
            then 'America/Denver'
        when _state in ('CA', 'WA')
            then 'America/Los_Angeles'
        when _state in ('CT', 'DC', 'DE', 'FL', 'GA', 'IN', 'KY', 'MA', 'MD', 'ME', 'MI', 'NC',
                         'NH', 'NJ', 'NY', 'OH', 'PA', 'RI', 'SC', 'TN', 'VA', 'VT', 'WV')
            then 'America/New_York'
        when _state in ('PR', 'VI')
            then 'America/Puerto_Rico'
        when _state in ('GU', 'MP')
            then 'Pacific/Guam'
        when _state in ('HI')
            then 'Pacific/Honolulu'
        else 'Pacific/Guam' end)::date
$$;

-- A limit of policy in whole numbers; null when there is none, which refuses.
create or replace function policy_number(_key text, _on date) returns integer
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select case when value ~ '^[0-9]+$' then value::integer end from policy_limit
     where limit_key = _key and program = 'countersign' and valid_from <= _on and (valid_to is null or valid_to >= _on)
     order by recorded_at desc, id desc limit 1
$$;

create or replace function guard_signed_decision() returns trigger
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
    t record;
    d record;
    l record;
    at timestamptz := new.signed_at;
    policy_day date := (new.signed_at at time zone 'UTC')::date;
    today date;
begin
    if abs(extract(epoch from at - clock_timestamp())) > 10 then
        raise exception 'the time of a signature is the present' using errcode = 'CS001';
    end if;
    if new.reauthenticated_at > at or new.reauthenticated_at < at - interval '5 minutes' then
        raise exception 'the re-authentication is older than five minutes' using errcode = 'CS001';
    end if;

    select * into t from task where practice_id = new.practice_id and id = new.task_id for update;
    if not found or t.status <> 0 then
        raise exception 'the task is not open' using errcode = 'CS001';
    end if;
    if t.assignee_id is distinct from new.person_id or t.instance_id is distinct from new.instance_id
       or t.decision_type is distinct from new.decision_type or t.state_code is distinct from new.state_code
       or t.exclusions ? new.person_id::text then
        raise exception 'the decision does not belong to this task and person' using errcode = 'CS001';
    end if;
    select * into d from decision_type
     where key = new.decision_type and valid_from <= policy_day and (valid_to is null or valid_to >= policy_day)
     order by recorded_at desc, id desc limit 1;
    if not found or not new.outcome = any (d.outcomes) or not t.outcomes ? new.outcome then
        raise exception 'the outcome is not declared' using errcode = 'CS001';
    end if;

    perform 1 from practitioner where person_id = new.person_id for share;
    if not found or not exists (select 1 from person where id = new.person_id and active) then
        raise exception 'the signer is not known' using errcode = 'CS001';
    end if;
    -- Read after the lock, in statements of their own: see above.
    select * into l from license_fact where id = new.license_fact_id;
    today := state_day(l.state, at);
    if l.id is null or l.person_id <> new.person_id
       or l.valid_from > today or coalesce(l.valid_to < today, false)
       or exists (select 1 from license_fact later
                   where later.license_id = l.license_id and (later.recorded_at, later.id) > (l.recorded_at, l.id)
                     and later.valid_from <= today and (later.valid_to is null or later.valid_to >= today)) then
        raise exception 'the license is not the one that holds now' using errcode = 'CS001';
    end if;
    if coalesce(
        l.license_class = any (d.accept_classes) and not l.license_class = any (d.never_classes)
        and (d.state_basis = 'any' or l.state = new.state_code)
        and l.status = 'active' and l.restriction = 'none' and l.issued_on <= today and l.expires_on >= today
        and l.verification in ('clear', 'manual') and l.verified_at <= at
        and l.verified_at >= at - make_interval(days => policy_number('authority_freshness', policy_day))
        and (l.license_class not in ('NP', 'CNS', 'CNM', 'CRNA', 'PA', 'LPN')
             or (l.practice_authority is not null and coalesce(l.practice_authority_until >= today, true))), false)
       is false then
        raise exception 'the license does not carry this decision' using errcode = 'CS001';
    end if;

    if exists (select 1 from sanction_fact s
                where s.person_id = new.person_id and s.kind = 'match' and s.valid_from <= policy_day
                  and (s.valid_to is null or s.valid_to >= policy_day)
                  and not exists (select 1 from sanction_fact later where later.sanction_id = s.sanction_id
                                    and (later.recorded_at, later.id) > (s.recorded_at, s.id)
                                    and later.valid_from <= policy_day
                                    and (later.valid_to is null or later.valid_to >= policy_day))
                  and (s.status = 'confirmed' or (s.status = 'candidate' and coalesce(
                       s.score >= policy_number('exclusion_candidate_refuse_score', policy_day)
                       or (s.score >= 50 and coalesce(s.adjudicate_by <= at, true)), true))))
       or not exists (select 1 from sanction_fact s
                       where s.person_id = new.person_id and s.kind = 'screen' and s.source = 'leie'
                         and s.screened_at <= at and s.screened_at
                             >= at - make_interval(days => policy_number('exclusion_freshness', policy_day))) then
        raise exception 'the signer is excluded, or was not screened' using errcode = 'CS001';
    end if;

    if d.kind <> 'legal' and not exists (
        select 1 from affiliation_fact a join organization o on o.id = a.practice_id
         where a.practice_id = new.practice_id and a.person_id = new.person_id
           and a.side = any (d.org_side) and a.side <> 'mso' and a.status = 'active'
           and (d.position <> array['owner'] or a.position = 'owner')
           and a.valid_from <= state_day(o.state, at) and (a.valid_to is null or a.valid_to >= state_day(o.state, at))
           and not exists (select 1 from affiliation_fact later where later.affiliation_id = a.affiliation_id
                             and (later.recorded_at, later.id) > (a.recorded_at, a.id)
                             and later.valid_from <= state_day(o.state, at)
                             and (later.valid_to is null or later.valid_to >= state_day(o.state, at)))) then
        raise exception 'the signer does not stand on the side of this practice' using errcode = 'CS001';
    end if;
    return new;
end $$;
create or replace trigger guard before insert on signed_decision
    for each row execute function guard_signed_decision();

create or replace function guard_task() returns trigger
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.status <> 0 or new.outcome is not null or new.completed_by is not null
           or new.completed_at is not null then
            raise exception 'a task is born open' using errcode = 'CS002';
        end if;
        return new;
    end if;
    if tg_op = 'DELETE' then
        raise exception 'a task is never removed' using errcode = 'CS002';
    end if;
    if old.status <> 0 then
        raise exception 'a finished task never changes' using errcode = 'CS002';
    end if;
    if (new.practice_id, new.id, new.instance_id, new.definition_id, new.case_id, new.engine_task_id, new.element_id,
        new.process_key, new.decision_type, new.state_code, new.required_license, new.outcomes)
       is distinct from
       (old.practice_id, old.id, old.instance_id, old.definition_id, old.case_id, old.engine_task_id, old.element_id,
        old.process_key, old.decision_type, old.state_code, old.required_license, old.outcomes)
       or not new.exclusions @> old.exclusions then
        raise exception 'what a task is never changes' using errcode = 'CS002';
    end if;
    if new.status = 1 and (new.completed_by is null or new.completed_at is null) then
        raise exception 'a task is completed by somebody' using errcode = 'CS002';
    end if;
    if new.status = 1 and old.decision_type is not null and not exists (
        select 1 from signed_decision s
         where s.practice_id = old.practice_id and s.task_id = old.id and s.decision_type = old.decision_type
           and s.person_id = new.completed_by and s.outcome = new.outcome) then
        raise exception 'there is no signed decision for this task' using errcode = 'CS002';
    end if;
    return new;
end $$;
create or replace trigger guard before insert or update or delete on task
    for each row execute function guard_task();
