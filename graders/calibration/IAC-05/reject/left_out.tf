# why: the bucket is not in the files any more
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
