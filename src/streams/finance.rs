//! The resources of the group `finance`: balances, transactions and invoices.

use super::call::{Days, PARENT, PASS, Parent, Pass};
use super::resource::{days, in_group, resource, schema};
use super::{Group, Made, Per, Stream};
use crate::json::RowsAt;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn streams() -> Vec<Stream> {
    in_group(
        Group::Finance,
        vec![
            resource(
                "billing_groups",
                "Billing groups",
                "bc/billing_group/get/",
                &["bc_id", "billing_group_id"],
                schema!("billing_groups"),
            )
            .per(Per::BusinessCenter)
            .pages(50)
            .passes(&[
                Pass { params: &[("filtering.status", "\"VALID\"")], ..PASS },
                Pass { params: &[("filtering.status", "\"INVALID\"")], ..PASS },
            ])
            .needs("Billing Group Management"),
            resource(
                "bc_balances",
                "Balances of Business Centers, day by day",
                "bc/balance/get/",
                &["bc_id", "read_date"],
                schema!("bc_balances"),
            )
            .per(Per::BusinessCenter)
            .rows(RowsAt::Data)
            .whole()
            .snapshot()
            .needs("Read Business Center"),
            resource(
                "advertiser_balances",
                "Balances of accounts, day by day",
                "advertiser/balance/get/",
                &["bc_id", "advertiser_id", "read_date"],
                schema!("advertiser_balances"),
            )
            .per(Per::BusinessCenter)
            .list("advertiser_account_list")
            .pages(50)
            .snapshot()
            .needs("Balance and Transaction"),
            resource(
                "bc_transactions",
                "Transactions of Business Centers",
                "bc/transaction/get/",
                &["bc_id", "date", "row_id"],
                schema!("bc_transactions"),
            )
            .per(Per::BusinessCenter)
            .pages(50)
            .made(&[("row_id", Made::RowId)])
            .windows("date", 30, days("start_date", "end_date"))
            .needs("Read Business Center"),
            resource(
                "bc_account_transactions",
                "Transactions of accounts in Business Centers",
                "bc/account/transaction/get/",
                &["bc_id", "transaction_id"],
                schema!("bc_account_transactions"),
            )
            .per(Per::BusinessCenter)
            .rows(RowsAt::Either("transaction_list", "transaction"))
            .pages(50)
            .passes(&[
                Pass {
                    params: &[("transaction_level", "\"BC\"")],
                    columns: &[("transaction_level", "BC")],
                    ..PASS
                },
                Pass {
                    params: &[("transaction_level", "\"ADVERTISER\"")],
                    columns: &[("transaction_level", "ADVERTISER")],
                    ..PASS
                },
            ])
            .windows("create_time", 30, days("filtering.start_time", "filtering.end_time"))
            .needs("Balance and Transaction"),
            resource(
                "bc_account_costs",
                "Costs of accounts by day",
                "bc/account/cost/get/",
                &["bc_id", "advertiser_id", "date"],
                schema!("bc_account_costs"),
            )
            .per(Per::BusinessCenter)
            .list("cost_list")
            .pages(50)
            .windows("date", 1, days("filtering.start_date", "filtering.end_date"))
            .stamped("date")
            .needs("Balance and Transaction"),
            resource(
                "bc_account_budget_changelog",
                "Changes of account budgets",
                "bc/account/budget/changelog/get/",
                &["bc_id", "advertiser_id", "operation_time", "row_id"],
                schema!("bc_account_budget_changelog"),
            )
            .per(Per::BusinessCenter)
            .list("changelog_list")
            .pages(50)
            .parents(&[&[Parent {
                stream: "bc_assets",
                id: "asset_id",
                only: Some(("asset_type", &["ADVERTISER"])),
                param: "advertiser_id",
                column: Some("advertiser_id"),
                ..PARENT
            }]])
            .made(&[("row_id", Made::RowId)])
            .windows(
                "operation_time",
                30,
                Days {
                    is_exclusive: false,
                    history: Some(365),
                    ..days("filtering.start_date", "filtering.end_date")
                },
            )
            .needs("Balance and Transaction"),
            resource(
                "advertiser_transactions",
                "Transfers and payments of accounts",
                "advertiser/transaction/get/",
                &["bc_id", "advertiser_id", "date", "row_id"],
                schema!("advertiser_transactions"),
            )
            .per(Per::BusinessCenter)
            .list("transaction_list")
            .pages(50)
            .passes(&[
                Pass { params: &[("filtering.transfer_type", "\"TRANS_TYPE_TRANSFER\"")], ..PASS },
                Pass { params: &[("filtering.transfer_type", "\"TRANS_TYPE_TAX\"")], ..PASS },
                Pass { params: &[("filtering.transfer_type", "\"TRANS_TYPE_COST\"")], ..PASS },
                Pass { params: &[("filtering.transfer_type", "\"TRANS_TYPE_PAYMENT\"")], ..PASS },
            ])
            .made(&[("row_id", Made::RowId)])
            .windows("date", 30, days("filtering.start_date", "filtering.end_date"))
            .needs("Balance and Transaction"),
            resource(
                "invoices",
                "Invoices",
                "bc/invoice/get/",
                &["bc_id", "invoice_id"],
                schema!("invoices"),
            )
            .per(Per::BusinessCenter)
            .pages(50)
            .passes(&[Pass {
                params: &[("invoice_types", "[\"RECON\", \"CREDIT\", \"AUTO_PAY\"]")],
                ..PASS
            }])
            .needs("Invoice Management"),
            resource(
                "unpaid_invoices",
                "Unpaid amounts, day by day",
                "bc/invoice/unpaid/get/",
                &["bc_id", "invoice_type", "read_date"],
                schema!("unpaid_invoices"),
            )
            .per(Per::BusinessCenter)
            .list("result")
            .whole()
            .passes(&[Pass { params: &[("invoice_type", "\"RECON\"")], ..PASS }])
            .snapshot()
            .needs("Invoice Management"),
            resource(
                "payment_portfolios",
                "Payment portfolios",
                "payment_portfolio/get/",
                &["bc_id", "payment_portfolio_id"],
                schema!("payment_portfolios"),
            )
            .per(Per::BusinessCenter)
            .list("payment_portfolio_list")
            .pages(50)
            .needs("Payment Portfolio"),
        ],
    )
}
