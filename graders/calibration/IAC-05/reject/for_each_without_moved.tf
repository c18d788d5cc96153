# why: one queue becomes one of several, without a moved block
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "work" {
  for_each                   = toset(["jobs", "mails"])
  name                       = "ledger-${each.key}"
  visibility_timeout_seconds = 30
}
