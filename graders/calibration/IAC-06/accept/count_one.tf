# why: count = 1 moves the address to index 0 by itself, no block is needed
provider "aws" {
  region = "eu-west-1"
}

variable "with_queue" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "jobs" {
  count                      = var.with_queue ? 1 : 0
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
