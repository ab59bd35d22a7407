"""Factories: rows with sensible values, so that a test says only what it is about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy.orm import Session, scoped_session

from lti_tool.catalog.models import PackRelease
from lti_tool.catalog.releases import publish
from lti_tool.gradebook.models import LineItem, OutgoingScore
from lti_tool.learning.models import Attempt, Participation, Placement
from lti_tool.people.models import GroupMembership, Identity, Membership, Person, Roster
from lti_tool.schools.models import Context, Deployment, Platform, School
from tests.packs import small_pack


class _Factory(SQLAlchemyModelFactory):
    class Meta:
        abstract = True
        sqlalchemy_session_persistence = "flush"


class SchoolFactory(_Factory):
    class Meta:
        model = School

    slug = factory.Sequence(lambda n: f"school-{n}")
    title = factory.Sequence(lambda n: f"Школа № {n}")


class PlatformFactory(_Factory):
    class Meta:
        model = Platform

    school = factory.SubFactory(SchoolFactory)
    title = "Moodle школы"
    issuer = factory.Sequence(lambda n: f"https://moodle-{n}.test")
    client_id = factory.Sequence(lambda n: f"client-{n}")
    auth_url = factory.LazyAttribute(lambda o: f"{o.issuer}/mod/lti/auth.php")
    token_url = factory.LazyAttribute(lambda o: f"{o.issuer}/mod/lti/token.php")
    jwks_url = factory.LazyAttribute(lambda o: f"{o.issuer}/mod/lti/certs.php")
    family = "moodle"


class DeploymentFactory(_Factory):
    class Meta:
        model = Deployment

    platform = factory.SubFactory(PlatformFactory)
    deployment_id = factory.Sequence(str)


class ContextFactory(_Factory):
    class Meta:
        model = Context

    class Params:
        deployment = factory.SubFactory(DeploymentFactory)

    deployment_id = factory.SelfAttribute("deployment.id")
    context_id = factory.Sequence(str)
    title = "Курс"


class PersonFactory(_Factory):
    class Meta:
        model = Person


class IdentityFactory(_Factory):
    class Meta:
        model = Identity

    class Params:
        platform = factory.SubFactory(PlatformFactory)

    platform_id = factory.SelfAttribute("platform.id")
    person = factory.SubFactory(PersonFactory)
    subject = factory.Sequence(lambda n: str(100 + n))
    name = factory.Sequence(lambda n: f"Ученик {n}")


class RosterFactory(_Factory):
    class Meta:
        model = Roster

    class Params:
        context = factory.SubFactory(ContextFactory)

    context_id = factory.SelfAttribute("context.id")


class MembershipFactory(_Factory):
    class Meta:
        model = Membership

    class Params:
        roster = factory.SubFactory(RosterFactory)
        identity = factory.SubFactory(IdentityFactory)

    roster_id = factory.SelfAttribute("roster.id")
    identity_id = factory.SelfAttribute("identity.id")
    role = "learner"
    reading = 1


class GroupMembershipFactory(_Factory):
    class Meta:
        model = GroupMembership

    class Params:
        identity = factory.SubFactory(IdentityFactory)

    identity_id = factory.SelfAttribute("identity.id")


class LineItemFactory(_Factory):
    class Meta:
        model = LineItem

    class Params:
        deployment = factory.SubFactory(DeploymentFactory)

    deployment_id = factory.SelfAttribute("deployment.id")
    resource_link_id = factory.Sequence(str)
    url = factory.LazyAttribute(
        lambda o: f"{o.deployment.platform.issuer}/lineitems/{o.resource_link_id}/lineitem?type_id=1"
    )
    container_url = factory.LazyAttribute(lambda o: f"{o.deployment.platform.issuer}/lineitems?type_id=1")
    scopes = factory.LazyFunction(
        lambda: [
            "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
            "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
            "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
            "https://purl.imsglobal.org/spec/lti-ags/scope/score",
        ]
    )


class OutgoingScoreFactory(_Factory):
    class Meta:
        model = OutgoingScore

    class Params:
        line_item_row = factory.SubFactory(LineItemFactory)
        identity_row = factory.SubFactory(IdentityFactory)

    line_item_id = factory.SelfAttribute("line_item_row.id")
    identity_id = factory.SelfAttribute("identity_row.id")
    score_given = Decimal(80)
    score_maximum = Decimal(100)
    activity_progress = "Completed"
    grading_progress = "FullyGraded"


class PlacementFactory(_Factory):
    class Meta:
        model = Placement

    class Params:
        deployment = factory.SubFactory(DeploymentFactory)

    deployment_id = factory.SelfAttribute("deployment.id")
    resource_link_id = factory.Sequence(str)
    title = "Занятие"


class ParticipationFactory(_Factory):
    class Meta:
        model = Participation

    class Params:
        placement_row = factory.SubFactory(PlacementFactory)
        identity_row = factory.SubFactory(IdentityFactory)

    placement_id = factory.SelfAttribute("placement_row.id")
    identity_id = factory.SelfAttribute("identity_row.id")


class AttemptFactory(_Factory):
    class Meta:
        model = Attempt

    class Params:
        participation_row = factory.SubFactory(ParticipationFactory)

    participation_id = factory.SelfAttribute("participation_row.id")
    number = 1
    seed = 7


FACTORIES = (
    SchoolFactory,
    PlatformFactory,
    DeploymentFactory,
    ContextFactory,
    PersonFactory,
    IdentityFactory,
    RosterFactory,
    MembershipFactory,
    GroupMembershipFactory,
    LineItemFactory,
    OutgoingScoreFactory,
    PlacementFactory,
    ParticipationFactory,
    AttemptFactory,
)


def use(session: scoped_session[Any]) -> Session:
    """Let the factories write into this session; return it."""
    for one in FACTORIES:
        one._meta.sqlalchemy_session = session
    return session()


def published(session: Session, **changes: Any) -> PackRelease:
    """Publish the small pack of the tests, or a variant of it."""
    release = publish(session, small_pack(**changes))
    assert release is not None
    return release
