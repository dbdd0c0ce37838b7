-- The only way into the audit log. Definer rights: the application may call it and cannot write the tables.
-- FORCE ROW LEVEL SECURITY keeps even the definer inside the practice of the transaction.
create or replace function audit_append(_practice integer, _bodies text[]) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
<<made>>
declare
    head audit_head;
    digest bytea;
    link bytea;
begin
    if _practice is distinct from nullif(current_setting('app.practice', true), '')::integer
       and nullif(current_setting('app.practice', true), '') is not null then
        raise 'an audit entry belongs to the practice of its transaction' using errcode = 'CS004';
    end if;
    perform set_config('app.practice', _practice::text, true), set_config('app.practices', _practice::text, true)
      where nullif(current_setting('app.practice', true), '') is null;
    select sha256(coalesce(string_agg(sha256(convert_to(body, 'UTF8')), ''::bytea order by place), ''::bytea))
      into digest from unnest(_bodies) with ordinality as entries(body, place);
    insert into audit_head (practice_id, link_no, link)
      values (_practice, 0, sha256(convert_to('countersign audit chain of practice ' || _practice, 'UTF8')))
      on conflict do nothing;
    select * into head from audit_head where practice_id = _practice for update;
    link := sha256('\x02'::bytea || head.link || digest);
    update audit_head set link_no = head.link_no + 1, link = made.link where practice_id = _practice;
    insert into audit_link (practice_id, link_no, previous, digest, link, at)
      values (_practice, head.link_no + 1, head.link, digest, link, clock_timestamp());
    insert into audit_entry (practice_id, link_no, place, body)
      select _practice, head.link_no + 1, place, body
        from unnest(_bodies) with ordinality as entries(body, place);
    return head.link_no + 1;
end $$;
revoke all on function audit_append(integer, text[]) from public;
grant execute on function audit_append(integer, text[]) to countersign_app, countersign_register;
