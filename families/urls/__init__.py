from django.urls import path

from families.urls import agreed
from families.urls.own_page import own_page_urls
from families.views import (
    around,
    bookings,
    break_glass,
    circles,
    contact,
    cover,
    drafts,
    endings,
    family,
    groups,
    handover,
    imports,
    member,
    merge,
    my_families,
    need_set,
    own_page_given,
    person,
    plan,
    plan_start,
    refer,
    referral_links,
    replies,
    reviews,
    safe_contact,
    sign_in,
    signposts,
    support,
    today,
    together,
    transfers,
    triage,
    visit_plans,
    visits,
    waiting,
)
from families.views.records import leading_on

app_name = "families"
urlpatterns = [
    # Families
    path("families/", my_families.my_families, name="list"),
    path("families/all/", my_families.all_families, name="all"),
    path("families/new/", family.family_register, name="register"),
    path("families/<reference:reference>/", family.family, name="family"),
    path("families/<reference:reference>/story/", family.family_story, name="family-story"),
    path("families/<reference:reference>/edit/", family.family_edit, name="family-edit"),
    path("families/<reference:reference>/silence/end/", family.silence_end, name="silence-end"),
    # Two records that may be one family
    path("families/same/", merge.same_list, name="same-list"),
    path("families/<reference:reference>/same-as/", merge.same_choose, name="same-choose"),
    path("families/<reference:reference>/same-as/<reference:other>/", merge.merge, name="merge"),
    path("families/<reference:reference>/same-as/<reference:other>/not/", merge.not_the_same, name="not-the-same"),
    path("families/<reference:reference>/joined/<int:pk>/apart/", merge.separate, name="separate"),
    # The people in them
    path("families/<reference:reference>/pages/", own_page_given.own_pages, name="own-pages"),
    path("families/<reference:reference>/people/<uuid:uuid>/page/", own_page_given.own_page_give, name="own-page-give"),
    path(
        "families/<reference:reference>/pages/<int:pk>/take-back/",
        own_page_given.own_page_take_back,
        name="own-page-take-back",
    ),
    path("families/<reference:reference>/people/new/", member.member_add, name="member-add"),
    path("families/<reference:reference>/people/<uuid:uuid>/edit/", member.member_edit, name="member-edit"),
    path("families/<reference:reference>/people/<uuid:uuid>/born/", member.member_born, name="member-born"),
    path("families/<reference:reference>/people/<uuid:uuid>/left/", member.member_left, name="member-left"),
    path("families/<reference:reference>/people/<uuid:uuid>/back/", member.member_back, name="member-back"),
    path("families/<reference:reference>/people/<uuid:uuid>/", person.member, name="member"),
    path("families/<reference:reference>/people/<uuid:uuid>/more/", person.member_more, name="member-more"),
    path("families/<reference:reference>/people/<uuid:uuid>/grief/", member.member_grief, name="member-grief"),
    path("families/<reference:reference>/people/<uuid:uuid>/share/", member.member_share, name="member-share"),
    path("families/<reference:reference>/people/<uuid:uuid>/council/", person.status_add, name="status-add"),
    path("families/<reference:reference>/people/<uuid:uuid>/nhs-number/", person.nhs_number, name="nhs-number"),
    path(
        "families/<reference:reference>/people/<uuid:uuid>/nhs-number/show/",
        person.nhs_number_show,
        name="nhs-number-show",
    ),
    path(
        "families/<reference:reference>/people/<uuid:uuid>/nhs-number/remove/",
        person.nhs_number_remove,
        name="nhs-number-remove",
    ),
    path(
        "families/<reference:reference>/people/<uuid:uuid>/relationships/new/",
        person.relationship_add,
        name="relationship-add",
    ),
    path(
        "families/<reference:reference>/people/<uuid:uuid>/relationships/<int:pk>/edit/",
        person.relationship_edit,
        name="relationship-edit",
    ),
    path(
        "families/<reference:reference>/people/<uuid:uuid>/relationships/<int:pk>/end/",
        person.relationship_end,
        name="relationship-end",
    ),
    # What is around them
    path("families/<reference:reference>/around/", around.around, name="around"),
    path("families/<reference:reference>/around/agencies/new/", around.agency_add, name="agency-add"),
    path("families/<reference:reference>/around/agencies/<int:pk>/edit/", around.agency_edit, name="agency-edit"),
    path("families/<reference:reference>/around/told/<slug:flag>/", around.flag_answer, name="flag-answer"),
    # What they agreed to, and what was shared without a yes
    *agreed.patterns,
    # What is nearby for them
    path("families/<reference:reference>/nearby/", signposts.signposts, name="signposts"),
    path("families/<reference:reference>/nearby/find/", signposts.signpost_find, name="signpost-find"),
    path("families/<reference:reference>/nearby/find/<uuid:uuid>/", signposts.signpost_entry, name="signpost-entry"),
    path("families/<reference:reference>/nearby/<int:pk>/", signposts.signpost_answer, name="signpost-answer"),
    path(
        "families/<reference:reference>/nearby/<int:pk>/take-back/",
        signposts.signpost_take_back,
        name="signpost-take-back",
    ),
    # Their circle of support
    path("families/<reference:reference>/circles/", circles.circles, name="circles"),
    path("families/<reference:reference>/circles/<uuid:uuid>/", circles.circle, name="circle"),
    path("families/<reference:reference>/circles/<uuid:uuid>/add/", circles.circle_add, name="circle-add"),
    path("families/<reference:reference>/circles/<uuid:uuid>/finish/", circles.circle_finish, name="circle-finish"),
    path("families/<reference:reference>/circles/<uuid:uuid>/later/", circles.circle_put_off, name="circle-put-off"),
    path(
        "families/<reference:reference>/circles/<uuid:uuid>/take-back/",
        circles.circle_take_back,
        name="circle-take-back",
    ),
    path("families/<reference:reference>/circles/<uuid:uuid>/<int:pk>/", circles.circle_tie, name="circle-tie"),
    path(
        "families/<reference:reference>/circles/<uuid:uuid>/<int:pk>/out/",
        circles.circle_tie_out,
        name="circle-tie-out",
    ),
    path("families/<reference:reference>/people/<uuid:uuid>/circle/", circles.circle_start, name="circle-start"),
    # What they say back
    path("families/<reference:reference>/replies/", replies.replies, name="replies"),
    path("families/<reference:reference>/replies/new/", replies.reply_tell, name="reply-tell"),
    path("families/<reference:reference>/replies/<uuid:uuid>/", replies.reply, name="reply"),
    path(
        "families/<reference:reference>/replies/<uuid:uuid>/translation/",
        replies.reply_translate,
        name="reply-translate",
    ),
    # Looking together
    path("families/<reference:reference>/reviews/<int:pk>/", reviews.review, name="review"),
    *[
        path(f"families/<reference:reference>/reviews/<int:pk>/{where}", view, name=f"review-{name}")
        for where, view, name in (
            ("book/", reviews.review_book, "book"),
            ("call-off/", reviews.review_call_off, "call-off"),
            ("decline/", reviews.review_decline, "decline"),
            ("held/", reviews.review_hold, "hold"),
            ("<uuid:uuid>/match/", reviews.review_answer, "answer"),
            ("<uuid:uuid>/copy/", reviews.review_sheet, "copy"),
            ("<uuid:uuid>/copy/given/", reviews.review_copy_given, "copy-given"),
        )
    ],
    # How to reach them
    path("families/<reference:reference>/contacts/new/", contact.contact_add, name="contact-add"),
    path("families/<reference:reference>/contacts/<int:pk>/edit/", contact.contact_edit, name="contact-edit"),
    path("families/<reference:reference>/contacts/<int:pk>/stop/", contact.contact_stop, name="contact-stop"),
    path("families/<reference:reference>/addresses/new/", contact.address_add, name="address-add"),
    path("families/<reference:reference>/addresses/<int:pk>/edit/", contact.address_edit, name="address-edit"),
    path("families/<reference:reference>/safe-contact/", safe_contact.rules, name="contact-rules"),
    path("families/<reference:reference>/contacts/<int:pk>/same/", safe_contact.still_the_same, name="contact-same"),
    path("families/<reference:reference>/keep-away/new/", safe_contact.apart_add, name="kept-apart-add"),
    path("keep-away/", safe_contact.apart_list, name="kept-apart-list"),
    path("keep-away/<int:pk>/", safe_contact.apart_decide, name="kept-apart"),
    # What other services were told, and who the family tells its story to
    path("families/<reference:reference>/changes/", together.contact_changes, name="contact-changes"),
    path(
        "families/<reference:reference>/changes/<int:pk>/",
        together.contact_change_answer,
        name="contact-change-answer",
    ),
    path("families/<reference:reference>/lead/", together.lead, name="lead"),
    path("families/<reference:reference>/lead/<int:pk>/<slug:answer>/", together.lead_answer, name="lead-answer"),
    path("families/<reference:reference>/supports/<int:pk>/named/", together.support_named, name="support-named"),
    # What they are in
    path("families/<reference:reference>/supports/new/", support.support_offer, name="support-offer"),
    path("families/<reference:reference>/supports/<int:pk>/", support.support, name="support"),
    # Its plan: what the family says, before the general move too
    path("families/<reference:reference>/supports/<int:pk>/plan/", plan.plan, name="plan"),
    path("families/<reference:reference>/supports/<int:pk>/plan/start/", plan_start.plan_start, name="plan-start"),
    path("families/<reference:reference>/supports/<int:pk>/plan/safety/", plan_start.plan_safety, name="plan-safety"),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/<uuid:uuid>/copy/", plan.plan_copy_page, name="plan-copy"
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/<uuid:uuid>/needs/",
        plan_start.plan_needs,
        name="plan-needs",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/<uuid:uuid>/scores/<slug:stage>/",
        plan_start.plan_scores,
        name="plan-scores",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/<uuid:uuid>/goals/new/",
        plan_start.plan_goal_new,
        name="plan-goal-new",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/<uuid:uuid>/words/",
        plan_start.plan_words,
        name="plan-words",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/<uuid:uuid>/asked/<slug:about>/",
        plan_start.plan_asked,
        name="plan-asked",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/goals/<int:goal>/",
        plan_start.plan_goal,
        name="plan-goal",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/goals/<int:goal>/reword/",
        plan_start.plan_goal_reword,
        name="plan-goal-reword",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/goals/<int:goal>/<slug:to>/",
        plan_start.plan_goal_move,
        name="plan-goal-move",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/needs/<int:need>/close/",
        plan.plan_need_close,
        name="plan-need-close",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/words/<int:words>/translation/",
        plan.plan_translate,
        name="plan-translate",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/words/<int:words>/take-back/",
        plan.plan_take_back,
        name="plan-take-back",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/actions/new/",
        plan.plan_action_new,
        name="plan-action-new",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/actions/<int:action>/<slug:to>/",
        plan.plan_action_move,
        name="plan-action-move",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/plan/sharing/<slug:kind>/<int:entry>/",
        plan.plan_share,
        name="plan-share",
    ),
    # How a support ends: before the general move, whose address it takes for "ending"
    path("families/<reference:reference>/supports/<int:pk>/ending/", endings.ending, name="ending"),
    path(
        "families/<reference:reference>/supports/<int:pk>/ending/visits/", endings.ending_visits, name="ending-visits"
    ),
    path("families/<reference:reference>/supports/<int:pk>/ending/letter/", endings.letter, name="letter"),
    path("families/<reference:reference>/supports/<int:pk>/ending/keepsake/", endings.keepsake_page, name="keepsake"),
    path("families/<reference:reference>/supports/<int:pk>/ending/turn-to/", endings.turn_to_add, name="turn-to-add"),
    path(
        "families/<reference:reference>/supports/<int:pk>/ending/turn-to/<int:line>/remove/",
        endings.turn_to_remove,
        name="turn-to-remove",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/ending/steps/<slug:kind>/",
        endings.ending_step,
        name="ending-step",
    ),
    path("families/<reference:reference>/supports/<int:pk>/follow-up/", endings.follow_up, name="follow-up"),
    path("families/<reference:reference>/supports/<int:pk>/handover/", handover.handover_page, name="handover"),
    path("families/<reference:reference>/supports/<int:pk>/handover/add/", handover.handover_add, name="handover-add"),
    path(
        "families/<reference:reference>/supports/<int:pk>/handover/leave-out/",
        handover.handover_leave_out,
        name="handover-leave-out",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/handover/<int:line>/take-back/",
        handover.handover_take_back,
        name="handover-take-back",
    ),
    path(
        "families/<reference:reference>/supports/<int:pk>/hand-on/", transfers.transfer_propose, name="transfer-propose"
    ),
    path("families/<reference:reference>/supports/<int:pk>/touch/", waiting.touch, name="touch"),
    path("families/<reference:reference>/supports/<int:pk>/<str:to>/", support.support_move, name="support-move"),
    # Handed on to another service
    path("transfers/", transfers.transfer_list, name="transfer-list"),
    path("transfers/<int:pk>/", transfers.transfer, name="transfer"),
    path("transfers/<int:pk>/agreed/", transfers.transfer_agreed, name="transfer-agreed"),
    path("transfers/<int:pk>/send/", transfers.transfer_send, name="transfer-send"),
    path("transfers/<int:pk>/take-back/", transfers.transfer_take_back, name="transfer-take-back"),
    path("transfers/<int:pk>/noted/", transfers.transfer_noted, name="transfer-noted"),
    path("transfers/<int:pk>/questions/<int:question>/", transfers.transfer_reply, name="transfer-reply"),
    path("transfers/<int:pk>/ask/", transfers.transfer_ask, name="transfer-ask"),
    path("transfers/<int:pk>/no/", transfers.transfer_decline, name="transfer-decline"),
    path("transfers/<int:pk>/yes/", transfers.transfer_accept, name="transfer-accept"),
    # Files brought in
    path("families/import/", imports.import_start, name="import-start"),
    path("families/import/<uuid:run_uuid>/", imports.import_detail, name="import-detail"),
    path("families/import/<uuid:run_uuid>/columns/", imports.import_columns, name="import-columns"),
    path("families/import/<uuid:run_uuid>/confirm/", imports.import_confirm, name="import-confirm"),
    path("families/import/<uuid:run_uuid>/cancel/", imports.import_cancel, name="import-cancel"),
    path("families/import/<uuid:run_uuid>/to-put-right/", imports.import_fix_list, name="import-fix-list"),
    # Groups
    path("groups/", groups.group_list_page, name="group-list"),
    path("groups/new/", groups.group_new, name="group-new"),
    path("groups/<uuid:uuid>/", groups.group, name="group"),
    path("groups/<uuid:uuid>/edit/", groups.group_edit, name="group-edit"),
    path("groups/<uuid:uuid>/sessions/new/", groups.sessions_add, name="group-sessions-add"),
    path("groups/<uuid:uuid>/finish/", groups.group_finish, name="group-finish"),
    path("groups/<uuid:uuid>/book/", bookings.choose_family, name="group-choose-family"),
    path("groups/<uuid:uuid>/book/<reference:reference>/", bookings.family_book, name="group-book"),
    path("groups/bookings/<uuid:uuid>/people/", bookings.booking_people, name="booking-people"),
    path("groups/bookings/<uuid:uuid>/<str:to>/", bookings.booking_move, name="booking-move"),
    path("groups/sessions/<uuid:uuid>/", sign_in.door_page, name="session-door"),
    path("groups/sessions/<uuid:uuid>/new/", sign_in.someone_new, name="session-someone-new"),
    path("groups/sessions/<uuid:uuid>/cancel/", groups.session_cancel, name="session-cancel"),
    # What families are asked about
    path("needs/", need_set.need_list, name="need-set"),
    path("needs/<int:organisation>/new/", need_set.need_item_new, name="need-item-new"),
    path("needs/items/<int:item>/", need_set.need_item, name="need-item"),
    path("needs/items/<int:item>/<slug:to>/", need_set.need_item_move, name="need-item-move"),
    # Families that wait
    path("families/who-wait/", waiting.waiting, name="waiting-list"),
    path("waiting/long/", waiting.waiting_long, name="waiting-long"),
    # A coordinator's day
    path("today/", today.today, name="today"),
    path("today/away/", cover.cover, name="cover"),
    path("today/away/<int:pk>/answer/", cover.cover_answer, name="cover-answer"),
    path("today/away/<int:pk>/end/", cover.cover_end, name="cover-end"),
    path("who-is-away/", cover.covers, name="covers"),
    path("who-is-away/<int:pk>/end/", cover.cover_stop, name="cover-stop"),
    path("today/everything/", today.needs, name="needs"),
    path("today/day/<str:day>/", today.day, name="day"),
    # Asking for support, without an account
    path("refer/", refer.refer, name="refer"),
    path("refer/thank-you/", refer.refer_thanks, name="refer-thanks"),
    path("refer/later/", refer.refer_later, name="refer-later"),
    path("refer/go-on/", refer.refer_return, name="refer-return"),
    path("refer/leave/", refer.refer_leave, name="refer-leave"),
    path("refer/<slug:kind>/review/", refer.refer_review, name="refer-review"),
    path("refer/<slug:kind>/<slug:slug>/", refer.refer_step, name="refer-step"),
    path("your-message/", referral_links.referral_status, name="referral-status"),
    path("your-message/question/", referral_links.referral_answer, name="referral-answer"),
    # Referrals
    path("referrals/", triage.referral_list, name="referral-list"),
    path("referrals/new/", triage.referral_new, name="referral-new"),
    path("referrals/<uuid:uuid>/", triage.referral, name="referral"),
    path("referrals/<uuid:uuid>/accept/", triage.referral_accept, name="referral-accept"),
    path("referrals/<uuid:uuid>/tries/new/", triage.referral_try, name="referral-try"),
    path("referrals/<uuid:uuid>/questions/<int:pk>/answer/", triage.referral_heard, name="referral-heard"),
    path("referrals/<uuid:uuid>/told/", triage.referral_told, name="referral-told"),
    path("referrals/<uuid:uuid>/take-in/", triage.referral_take_in, name="referral-take-in"),
    path("referrals/<uuid:uuid>/decide/<slug:to>/", triage.referral_decide, name="referral-decide"),
    # Visits
    path("visits/log/", visits.choose_family, name="visit-choose-family"),
    path("visits/<uuid:uuid>/", visits.visit_detail, name="visit-detail"),
    path("visits/<uuid:uuid>/record/", visits.visit_record, name="visit-record"),
    path("visits/<uuid:uuid>/edit/", visits.visit_edit, name="visit-edit"),
    path("visits/<uuid:uuid>/move/", visit_plans.visit_move, name="visit-move"),
    path("visits/<uuid:uuid>/did-not-happen/", visit_plans.visit_missed, name="visit-missed"),
    path("visits/<uuid:uuid>/entered-by-mistake/", visit_plans.visit_withdraw, name="visit-withdraw"),
    path("visits/<uuid:uuid>/take-back/", visit_plans.visit_reopen, name="visit-reopen"),
    path("families/<reference:reference>/visits/log/", visits.visit_log, name="visit-log"),
    path("families/<reference:reference>/visits/plan/", visit_plans.visit_plan, name="visit-plan"),
    path("families/<reference:reference>/visits/not-reached/", visit_plans.visit_try, name="visit-try"),
    path("families/<reference:reference>/drafts/<slug:purpose>/", drafts.draft, name="draft"),
    path("families/<reference:reference>/drafts/<slug:purpose>/discard/", drafts.draft_discard, name="draft-discard"),
    # Records opened outside one's own work
    path("records/open/", break_glass.record_open, name="open-record"),
    path("records/<int:pk>/close/", break_glass.record_close, name="close-record"),
    *own_page_urls,
]
for each in urlpatterns:
    if "<reference:reference>" in str(each.pattern):
        each.callback = leading_on(each.callback)
