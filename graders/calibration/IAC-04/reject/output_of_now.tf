# why: an output holds the time of the run, so each plan has a change
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name = "ledger-jobs"
}

output "deployed" {
  value = { queue = aws_sqs_queue.jobs.name, at = formatdate("YYYY-MM-DD'T'hh:mm:ssZ", timestamp()) }
}
