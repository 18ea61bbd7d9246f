"""A published release never changes, and an answered model call neither: PostgreSQL itself refuses."""

from django.db import migrations

GUARD_RELEASE = """
CREATE FUNCTION forbid_published_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE release bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.release_id ELSE OLD.release_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM pipelines_release WHERE id = release AND status IN ('published', 'yanked')) THEN
        RAISE EXCEPTION 'release % is published and never changes: make a new version', release
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published BEFORE INSERT OR UPDATE OR DELETE ON pipelines_releaseitem
    FOR EACH ROW EXECUTE FUNCTION forbid_published_change();
CREATE TRIGGER published BEFORE INSERT OR UPDATE OR DELETE ON pipelines_releasefile
    FOR EACH ROW EXECUTE FUNCTION forbid_published_change();
CREATE FUNCTION forbid_release_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('published', 'yanked') AND
       (OLD.dataset_id, OLD.version, OLD.terms, OLD.gate, OLD.manifest) IS DISTINCT FROM
       (NEW.dataset_id, NEW.version, NEW.terms, NEW.gate, NEW.manifest) THEN
        RAISE EXCEPTION 'release % is published and never changes: make a new version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published BEFORE UPDATE ON pipelines_release FOR EACH ROW EXECUTE FUNCTION forbid_release_change();
CREATE FUNCTION forbid_settled_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome <> 'pending' AND OLD.run_id IS NOT DISTINCT FROM NEW.run_id THEN
        RAISE EXCEPTION 'generation % is settled: a new attempt is a new row', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settled BEFORE UPDATE ON pipelines_generation FOR EACH ROW EXECUTE FUNCTION forbid_settled_change();
"""

UNGUARD = """
DROP TRIGGER settled ON pipelines_generation;
DROP TRIGGER published ON pipelines_release;
DROP TRIGGER published ON pipelines_releasefile;
DROP TRIGGER published ON pipelines_releaseitem;
DROP FUNCTION forbid_settled_change();
DROP FUNCTION forbid_release_change();
DROP FUNCTION forbid_published_change();
"""


class Migration(migrations.Migration):
    dependencies = [("pipelines", "0001_initial")]
    operations = [migrations.RunSQL(GUARD_RELEASE, UNGUARD)]
