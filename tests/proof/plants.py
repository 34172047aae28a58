"""Ways in which a clinic can be damaged behind Pinboard's back, each with the code that must find it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sqlite3
from datetime import timedelta

import brotli
import numpy as np
from PIL import Image
from sqlalchemy import select, text

from pinboard import audit, clock, policy
from pinboard.custody import Scrubbed
from pinboard.ids import public_id
from pinboard.imaging import frames
from pinboard.models import Case, CaseState, Instance, MediaFile, Receipt

PLANTS = {}


def plant(code):
    """Register a way to damage a clinic; one code can have several."""

    def register(function):
        PLANTS[function.__name__] = (code, function)
        return function

    return register


def change(clinic, statement, **values):
    """Change rows past every rule, as somebody who owns the file or the server can; something must have changed."""
    if clinic.config.is_sqlite:
        with contextlib.closing(sqlite3.connect(clinic.engine.url.database)) as connection, connection:
            triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f'drop trigger "{name}"')
            assert connection.execute(statement, values).rowcount
            for _, sql in triggers:
                connection.execute(sql)
        return
    with clinic.engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        assert connection.execute(text(statement), values).rowcount
        connection.execute(text("SET session_replication_role = DEFAULT"))


def rows(clinic, kind, *clauses):
    with clinic.reading() as session:
        return list(session.scalars(select(kind).where(*clauses).order_by(kind.id)))


def boxed(clinic):
    """Give the image with a blocked area, and its receipt."""
    receipt = next(one for one in rows(clinic, Receipt) if one.boxes and len(one.boxes[0]) == 5)
    return rows(clinic, Instance, Instance.id == receipt.instance_id)[0], receipt


def file_of(clinic, variant, instance=None):
    instance = instance or boxed(clinic)[0]
    return rows(clinic, MediaFile, MediaFile.variant == variant, MediaFile.instance_id == instance.id)[0]


def path_of(clinic, name):
    return clinic.config.media_path / name[:2] / name


def put(clinic, file, data, *, is_consistent=True, index=None):
    """Write other bytes where an object is, and make row and receipt agree, as a careful forger would."""
    path_of(clinic, file.object_name).write_bytes(data)
    if not is_consistent:
        return
    digest = hashlib.sha256(data).hexdigest()
    change(
        clinic, "update media_file set sha256 = :sha, size = :size where id = :id",
        sha=digest, size=len(data), id=file.id,
    )  # fmt: skip
    if index is not None:
        change(clinic, 'update media_file set "index" = :index where id = :id', index=json.dumps(index), id=file.id)
    receipt = rows(clinic, Receipt, Receipt.id == file.receipt_id)[0]
    hashes = json.dumps(receipt.hashes | {file.variant: digest})
    change(clinic, "update receipt set hashes = :hashes where id = :id", hashes=hashes, id=receipt.id)


def header(clinic, **changes):
    """Change the header of one image; None takes an element away."""
    instance = boxed(clinic)[0]
    new = {key: value for key, value in (instance.header | changes).items() if value is not None}
    change(clinic, "update instance set header = :header where id = :id", header=json.dumps(new), id=instance.id)


@plant("header")
def a_name_in_a_header(clinic):
    header(clinic, PatientName="DOE^JOHN")


@plant("header")
def an_element_off_the_list(clinic):
    header(clinic, InstitutionName="General Hospital")


@plant("header")
def a_header_without_its_mark(clinic):
    header(clinic, PatientIdentityRemoved=None)


@plant("header-other")
def the_chart_code_of_somebody_else(clinic):
    header(clinic, PatientID="P-0000-0000-0000", PatientName="P-0000-0000-0000")


@plant("profile-unknown")
def a_receipt_of_another_profile(clinic):
    change(clinic, "update receipt set profile_version = '99' where id = :id", id=boxed(clinic)[1].id)


@plant("receipt-missing")
def a_receipt_that_is_gone(clinic):
    change(clinic, "delete from receipt where id = :id", id=boxed(clinic)[1].id)


@plant("receipt-missing")
def a_receipt_of_another_image(clinic):
    other = next(one for one in rows(clinic, Receipt) if not one.boxes)
    change(clinic, "update media_file set receipt_id = :other where variant = 'w236'", other=other.id)


@plant("receipt-confirmer")
def a_receipt_confirmed_by_nobody(clinic):
    change(clinic, "update receipt set confirmed_by_id = 99999 where id = :id", id=boxed(clinic)[1].id)


@plant("receipt-differs")
def a_rendition_that_nobody_confirmed(clinic):
    file = file_of(clinic, "w236")
    other = io.BytesIO()
    Image.new("RGB", (file.width, file.height), "red").save(other, "WEBP")
    receipt = boxed(clinic)[1].hashes
    put(clinic, file, other.getvalue())
    change(clinic, "update receipt set hashes = :hashes where id = :id", hashes=json.dumps(receipt), id=file.receipt_id)


@plant("pictures-missing")
def an_image_without_previews(clinic):
    change(clinic, "delete from media_file where id = :id", id=file_of(clinic, "previews").id)


@plant("object-missing")
def an_object_that_is_gone(clinic):
    path_of(clinic, file_of(clinic, "w236").object_name).unlink()


@plant("object-changed")
def one_bit_of_an_object(clinic):
    path = path_of(clinic, file_of(clinic, "frames").object_name)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@plant("object-changed")
def bytes_behind_an_object(clinic):
    path = path_of(clinic, file_of(clinic, "frames").object_name)
    path.write_bytes(path.read_bytes() + b"DOE^JOHN")


@plant("object-changed")
def an_object_that_was_cut(clinic):
    path = path_of(clinic, file_of(clinic, "previews").object_name)
    path.write_bytes(path.read_bytes()[:-9])


@plant("object-unknown")
def an_object_without_a_row(clinic):
    name = public_id()
    path_of(clinic, name).parent.mkdir(exist_ok=True)
    path_of(clinic, name).write_bytes(b"left by a crash")


@plant("object-foreign")
def a_file_by_its_own_name(clinic):
    (clinic.config.media_path / "JOHN_DOE.dcm").write_bytes(b"copied here by hand")


@plant("metadata")
def exif_in_a_rendition(clinic):
    file = file_of(clinic, "w236")
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x013B] = "DOE^JOHN"
    Image.new("RGB", (file.width, file.height)).save(out, "WEBP", exif=exif.tobytes())
    put(clinic, file, out.getvalue())


@plant("metadata")
def a_comment_in_a_preview(clinic):
    file = file_of(clinic, "previews")
    data = path_of(clinic, file.object_name).read_bytes()
    data = data[:2] + b"\xff\xfe\x00\x0aDOE^JOHN" + data[2:]
    put(clinic, file, data, index=[[0, len(data)]])


@plant("frames-damaged")
def frames_that_are_none(clinic):
    file = file_of(clinic, "frames")
    put(clinic, file, b"no frame at all", index=[[0, 15]])


@plant("frames-damaged")
def frames_that_unpack_to_gigabytes(clinic):
    file = file_of(clinic, "frames")
    packer = brotli.Compressor(quality=1)
    pieces = [packer.process(bytes(1 << 24)) for _ in range(400)]
    data = b"".join([*pieces, packer.finish()])
    put(clinic, file, data, index=[[0, len(data)]])


@plant("frames-damaged")
def an_index_that_hides_bytes(clinic):
    file = file_of(clinic, "frames")
    data = path_of(clinic, file.object_name).read_bytes()
    put(clinic, file, data + b"DOE^JOHN", index=file.index)


@plant("unpainted")
def an_area_that_shows_again(clinic):
    """Put the letters back where the receipt says that they are painted."""
    instance, receipt = boxed(clinic)
    file = file_of(clinic, "frames")
    shape = (instance.rows, instance.columns)
    pixels = frames.decode_frame(path_of(clinic, file.object_name).read_bytes(), shape, instance.dtype).copy()
    _, x0, y0, *_ = receipt.boxes[0]
    pixels[y0 + 3 : y0 + 9, x0 + 3 : x0 + 30] += 7
    data = frames.encode_frame(pixels)
    put(clinic, file, data, index=[[0, len(data)]])


@plant("unpainted")
def letters_within_a_blur(clinic):
    receipt = next(one for one in rows(clinic, Receipt) if one.boxes and "blur" in one.boxes[0])
    instance = rows(clinic, Instance, Instance.id == receipt.instance_id)[0]
    file = file_of(clinic, "frames", instance)
    shape = (instance.rows, instance.columns, 3)
    pixels = frames.decode_frame(path_of(clinic, file.object_name).read_bytes(), shape, instance.dtype).copy()
    _, x0, y0, x1, y1, _ = receipt.boxes[0]
    pixels[y0 + 20 : y1 - 20, x0 + 20 : x1 - 20 : 4] += 9
    data = frames.encode_frame(pixels)
    put(clinic, file, data, index=[[0, len(data)]])


@plant("unpainted")
def a_preview_that_shows_it(clinic):
    _, receipt = boxed(clinic)
    file = file_of(clinic, "previews")
    with Image.open(path_of(clinic, file.object_name)) as image:
        pixels = np.asarray(image).copy()
    _, x0, y0, x1, y1 = receipt.boxes[0]
    pixels[y0 + 10 : y1 - 10, x0 + 10 : x1 - 10 : 2] = 255
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90)
    put(clinic, file, out.getvalue(), index=[[0, len(out.getvalue())]])


@plant("vault")
def pixels_of_a_published_case(clinic):
    case = rows(clinic, Case, Case.state == CaseState.PUBLISHED)[0]
    data = b"a scrubbed instance"
    clinic.vault.seal(Scrubbed(data, {}, hashlib.sha256(data).hexdigest()), case.public_id, public_id())


@plant("vault")
def a_key_of_a_published_case(clinic):
    pixels_of_a_published_case(clinic)
    for path in (clinic.config.vault_path / "blobs").glob("*/*"):
        case = rows(clinic, Case, Case.public_id == path.parent.name)
        if case and case[0].state == CaseState.PUBLISHED:
            path.unlink()


@plant("vault")
def pixels_of_no_case_at_all(clinic):
    data = b"a scrubbed instance"
    clinic.vault.seal(Scrubbed(data, {}, hashlib.sha256(data).hexdigest()), public_id(), public_id())


@plant("identifiers")
def hashes_of_words_of_a_published_case(clinic):
    change(
        clinic,
        "insert into identifier_hash (case_id, digest) select id, 'ab' from case_ where state = 'published'",
    )


@plant("device")
def the_device_of_a_published_image(clinic):
    change(clinic, "update instance set device = 'ab' where id = :id", id=boxed(clinic)[0].id)


@plant("consent-missing")
def a_case_without_consent(clinic):
    change(clinic, "delete from consent where case_id = :case", case=boxed(clinic)[0].case_id)


@plant("consent-expired")
def a_consent_that_ran_out(clinic):
    past = clock.now() - timedelta(days=1)
    with clinic.writing() as session:
        session.execute(text("update consent set valid_until = :past"), {"past": past.strftime("%Y-%m-%d %H:%M:%S.%f")})
        policy.rebuild(session, [case.id for case in session.scalars(select(Case))])


@plant("audience")
def a_reader_whom_nobody_chose(clinic):
    change(
        clinic,
        "insert into audience (principal, seq, case_id, not_before, not_after)"
        " select 'public', seq, case_id, not_before, not_after from audience where principal like 'u:%'",
    )


@plant("audience")
def a_consent_that_reaches_less_far(clinic):
    change(clinic, "update consent set level = 'care'")


@plant("erased")
def words_of_an_erased_case(clinic):
    change(clinic, "update case_ set question = 'Is this him?' where state = 'erased'")


@plant("erased")
def a_removed_image_with_bytes(clinic):
    change(clinic, "update instance set state = 'removed' where id = :id", id=boxed(clinic)[0].id)


@plant("audit-chain")
def a_change_that_never_was(clinic):
    change(clinic, "update audit_event set verb = 'edit' where id = (select max(id) - 2 from audit_event)")


@plant("audit-chain")
def a_change_that_is_gone(clinic):
    change(clinic, "delete from audit_event where id = (select max(id) - 2 from audit_event)")


@plant("openings-chain")
def an_opening_that_is_gone(clinic):
    case = boxed(clinic)[0].case_id
    row = {"case_id": case, "user_id": None, "share_id": None, "register": "clinic", "what": "page", "device": "",
           "at": clock.now()}  # fmt: skip
    with clinic.writing() as session:
        audit.append_openings(session, [row, row])
    change(clinic, "delete from opening where id = (select max(id) from opening)")
