from django.urls import path

from volunteers.views import expenses, my_expenses, thanks

urlpatterns = [
    path("my-visits/expenses/", my_expenses.my_expenses_page, name="my-expenses"),
    path("my-visits/expenses/miles-elsewhere/", my_expenses.miles_elsewhere, name="miles-elsewhere"),
    path("my-visits/expenses/add/<slug:what>/", my_expenses.expense_add, name="expense-add"),
    path("my-visits/expenses/lines/<int:pk>/", my_expenses.expense_edit, name="expense-edit"),
    path("my-visits/expenses/lines/<int:pk>/remove/", my_expenses.expense_remove, name="expense-remove"),
    path("my-visits/expenses/lines/<int:pk>/receipt/", my_expenses.expense_receipt, name="expense-receipt"),
    path("my-visits/expenses/<int:pk>/", my_expenses.my_claim, name="my-claim"),
    path("my-visits/expenses/<int:pk>/send/", my_expenses.claim_send, name="claim-send"),
    path("my-visits/thanks/", thanks.my_thanks_page, name="my-thanks"),
    path("my-visits/thanks/<int:pk>/keep/", thanks.thanks_keep, name="thanks-keep"),
    path("volunteers/<int:pk>/thank/", thanks.volunteer_thank, name="thank"),
    path("expenses/", expenses.expense_claims, name="expense-claims"),
    path("expenses/<int:pk>/", expenses.expense_claim, name="expense-claim"),
    path("expenses/<int:pk>/ask/", expenses.expense_ask, name="expense-ask"),
    path("expenses/receipts/<int:pk>/", my_expenses.receipt, name="receipt"),
    path("expenses/pay/", expenses.pay_runs, name="pay-runs"),
    path("expenses/pay/<int:pk>/", expenses.pay_run, name="pay-run"),
    path("expenses/pay/<int:pk>/file/", expenses.pay_run_file, name="pay-run-file"),
    path("expenses/rates/", expenses.expense_terms, name="expense-terms"),
]
