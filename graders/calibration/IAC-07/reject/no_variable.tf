# why: there is no such variable
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "blue" {
  name = "work-blue"
}
