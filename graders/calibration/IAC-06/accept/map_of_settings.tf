# why: buckets and queues from a map with settings, a moved block for each old address
provider "aws" {
  region = "eu-west-1"
}

locals {
  stores = {
    ledger   = { bucket = "acme-ledger-data", queue = "ledger-jobs", timeout = 30 }
    invoices = { bucket = "acme-invoices-data", queue = "invoices-jobs", timeout = 90 }
  }
}

resource "aws_s3_bucket" "store" {
  for_each = local.stores
  bucket   = each.value.bucket
}

resource "aws_sqs_queue" "store" {
  for_each                   = { for name, store in local.stores : store.queue => store.timeout }
  name                       = each.key
  visibility_timeout_seconds = each.value
}

moved {
  from = aws_s3_bucket.data
  to   = aws_s3_bucket.store["ledger"]
}

moved {
  from = aws_sqs_queue.jobs
  to   = aws_sqs_queue.store["ledger-jobs"]
}
