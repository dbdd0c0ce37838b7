-- Queue a job unless one with the same lock is waiting. The unique index on queueing locks would otherwise abort the
-- caller's whole transaction; here only this attempt is undone, in the same round trip.
create or replace function defer_once(_name varchar, _lock varchar, _args jsonb, _at timestamptz) returns void
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
    perform procrastinate_defer_jobs_v1(
        array[row('default', _name, 0, null, _lock, _args, _at)::procrastinate_job_to_defer_v1]
    );
exception when unique_violation then
    null;
end $$;
