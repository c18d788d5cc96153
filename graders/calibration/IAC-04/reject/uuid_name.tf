# why: the name is new in each run, so the queue is replaced
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs-${substr(uuid(), 0, 8)}"
}
