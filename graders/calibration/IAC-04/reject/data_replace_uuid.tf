# why: a step that is triggered by uuid() is replaced in each apply
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name = "ledger-jobs"
}

resource "terraform_data" "seed" {
  triggers_replace = { queue = aws_sqs_queue.jobs.arn, run = uuid() }
}
