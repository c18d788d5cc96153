# why: count moves the address to index 0, but the second bucket takes the first one's place
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  count  = 2
  bucket = ["acme-ledger-archive", "acme-ledger-data"][count.index]
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
