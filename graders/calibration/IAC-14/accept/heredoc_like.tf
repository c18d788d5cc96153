# why: JSON in a heredoc; StringLike without a wildcard is exact
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "deploy" {
  name               = "orders-deploy"
  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {
        "Sid": "GitHub",
        "Effect": "Allow",
        "Principal": {"Federated": "${aws_iam_openid_connect_provider.github.arn}"},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": {
          "StringLike": {"token.actions.githubusercontent.com:sub": ["repo:acme/orders:environment:production"]},
          "StringEquals": {"token.actions.githubusercontent.com:aud": ["sts.amazonaws.com"]}
        }
      }
    }
  JSON
}
